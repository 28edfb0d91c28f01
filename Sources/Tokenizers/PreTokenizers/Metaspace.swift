/// `Metaspace` (SentencePiece, Kudo and Richardson 2018): spaces become a visible mark, which words begin with.
struct Metaspace: PreTokenizer {
  /// Which texts get a mark before them, unless they begin with one.
  enum PrependScheme: String, CaseIterable, Sendable {
    /// Every text between added tokens.
    case always
    /// Only what stands at the very beginning.
    case first
    case never
  }

  /// Usually `▁`.
  let mark: Unicode.Scalar
  let prepends: PrependScheme
  /// Cuts at all; otherwise the text is one word.
  let cuts: Bool

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    words(of: text, place: .within)
  }

  func words(
    of text: ArraySlice<Unicode.Scalar>, place: TextPlace
  ) -> [ArraySlice<Unicode.Scalar>] {
    guard !text.isEmpty else { return [] }
    var marked = text.map { $0 == " " ? mark : $0 }
    if prepends == .always || (prepends == .first && place == .beginning), marked.first != mark {
      marked.insert(mark, at: 0)
    }
    guard cuts else { return [marked[...]] }
    return SplitBehavior.mergedWithNext.words(
      of: marked[...].stretches { $0 == mark }, in: marked[...])
  }
}
