/// `Sequence`: normalizers one after the other.
struct NormalizerSequence: Normalizer {
  let normalizers: [any Normalizer]

  func normalize(_ text: inout [Unicode.Scalar]) {
    for normalizer in normalizers { normalizer.normalize(&text) }
  }
}
