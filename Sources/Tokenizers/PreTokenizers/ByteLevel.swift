/// `ByteLevel` (GPT-2, RoBERTa): cuts into words that keep the space before them, and spells every word with
/// the 256 scalars of `ByteAlphabet`, so that any text is made of known symbols.
struct ByteLevel: PreTokenizer {
  /// Puts a space before text that begins with none.
  let addsPrefixSpace: Bool
  /// Cuts at all; otherwise the text is one word.
  let cuts: Bool

  var keepsSpaces: Bool { true }

  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    guard let first = text.first else { return [] }
    let text = addsPrefixSpace && first != " " ? [" "] + text : text
    var spelling: [Unicode.Scalar] = []
    spelling.reserveCapacity(text.count + text.count / 4)
    var ends: [Int] = []
    var start = text.startIndex
    while start < text.endIndex {
      let end = cuts ? GPT2Pattern.end(ofWordAt: start, in: text) : text.endIndex
      for scalar in text[start..<end] { ByteAlphabet.append(scalar, to: &spelling) }
      ends.append(spelling.count)
      start = end
    }
    return zip([0] + ends, ends).map { spelling[$0..<$1] }
  }
}
