/// `BertNormalizer`: BERT's cleaning, spacing of Chinese characters, accent removal and lower case.
struct BertNormalizer: BoundedNormalizer {
  let cleansText: Bool
  let spacesChinese: Bool
  let stripsAccents: Bool
  let lowercases: Bool

  func normalize(_ text: inout [Unicode.Scalar]) {
    if cleansText { clean(&text) }
    if spacesChinese { space(&text) }
    if stripsAccents {
      NormalizationForm.nfd.apply(to: &text)
      text.removeAll { $0.has(.nonspacingMark) }
    }
    if lowercases { Lowercase().normalize(&text) }
  }

  private func clean(_ text: inout [Unicode.Scalar]) {
    text.removeAll { $0.has(.removedByCleaning) }
    for index in text.indices where text[index].has(.whitespace) { text[index] = " " }
  }

  private func space(_ text: inout [Unicode.Scalar]) {
    guard text.contains(where: { $0.has(.chinese) }) else { return }
    text = text.flatMap { $0.has(.chinese) ? [" ", $0, " "] : [$0] }
  }
}
