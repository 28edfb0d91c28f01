/// `Lowercase`: scalar by scalar, so a final sigma is a sigma like any other.
struct Lowercase: BoundedNormalizer {
  func normalize(_ text: inout [Unicode.Scalar]) {
    guard let first = text.firstIndex(where: { $0.has(.lowercases) }) else { return }
    var result = Array(text[..<first])
    result.reserveCapacity(text.count)
    for scalar in text[first...] {
      if ("A"..."Z").contains(scalar) {
        result.append(Unicode.Scalar(UInt8(scalar.value) + 32))
      } else if scalar.has(.lowercases) {
        result += scalar.properties.lowercaseMapping.unicodeScalars
      } else {
        result.append(scalar)
      }
    }
    text = result
  }
}
