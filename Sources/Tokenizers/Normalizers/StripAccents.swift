/// `StripAccents`: removes every combining mark; usually after `NFD`.
struct StripAccents: Normalizer {
  func normalize(_ text: inout [Unicode.Scalar]) { text.removeAll { $0.has(.mark) } }
}
