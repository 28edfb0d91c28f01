/// `Replace` of a plain, non-empty string.
struct Replace: Normalizer {
  let pattern: [Unicode.Scalar]
  let content: [Unicode.Scalar]

  func normalize(_ text: inout [Unicode.Scalar]) {
    var result: [Unicode.Scalar] = []
    var rest = text[...]
    while let first = rest.first {
      if rest.starts(with: pattern) {
        result += content
        rest = rest.dropFirst(pattern.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    text = result
  }
}
