/// `NFC`, `NFD`, `NFKC`, `NFKD`.
struct UnicodeNormalizer: BoundedNormalizer {
  let form: NormalizationForm

  func normalize(_ text: inout [Unicode.Scalar]) { form.apply(to: &text) }
}
