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

/// `StripAccents`: removes every combining mark; usually after `NFD`.
struct StripAccents: BoundedNormalizer {
  func normalize(_ text: inout [Unicode.Scalar]) { text.removeAll { $0.has(.mark) } }
}

/// `Prepend`: puts something before every text that is not empty.
struct Prepend: Normalizer {
  let content: [Unicode.Scalar]

  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    guard !text.isEmpty else { return }
    guard content.count <= limit - text.count else { throw TextGrewTooLong() }
    text.insert(contentsOf: content, at: 0)
  }
}

/// `NFC`, `NFD`, `NFKC`, `NFKD`.
struct UnicodeNormalizer: BoundedNormalizer {
  let form: NormalizationForm

  func normalize(_ text: inout [Unicode.Scalar]) { form.apply(to: &text) }
}

/// `Sequence`: normalizers one after the other.
struct NormalizerSequence: Normalizer {
  let normalizers: [any Normalizer]

  func normalize(_ text: inout [Unicode.Scalar], limit: Int) throws(TextGrewTooLong) {
    for normalizer in normalizers { try normalizer.normalize(&text, limit: limit) }
  }
}
