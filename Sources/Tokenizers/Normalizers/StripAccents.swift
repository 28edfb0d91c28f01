/// `StripAccents`: removes every combining mark; usually after `NFD`.
struct StripAccents: BoundedNormalizer {
  func normalize(_ text: inout [Unicode.Scalar]) { text.removeAll { $0.has(.mark) } }
}
