/// `Strip`: removes white space at the ends.
struct Strip: BoundedNormalizer {
  let left: Bool
  let right: Bool

  func normalize(_ text: inout [Unicode.Scalar]) {
    var kept = text[...]
    if left { kept = kept.drop { $0.has(.whitespace) } }
    while right, let last = kept.last, last.has(.whitespace) { kept = kept.dropLast() }
    if kept.count < text.count { text = Array(kept) }
  }
}
