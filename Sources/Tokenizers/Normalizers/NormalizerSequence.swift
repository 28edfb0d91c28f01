/// `Sequence`: normalizers one after the other.
struct NormalizerSequence: Normalizer {
  let normalizers: [any Normalizer]

  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    for normalizer in normalizers { try normalizer.normalize(&text, limit: limit) }
  }
}
