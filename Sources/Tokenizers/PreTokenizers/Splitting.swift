extension ArraySlice<Unicode.Scalar> {
  /// The stretches without white space.
  func splitAtWhitespace() -> [ArraySlice<Unicode.Scalar>] {
    split { $0.has(.whitespace) }
  }

  /// Every punctuation mark alone, and the stretches between them.
  func splitAroundPunctuation() -> [ArraySlice<Unicode.Scalar>] {
    var pieces: [ArraySlice<Unicode.Scalar>] = []
    var start = startIndex
    for index in indices where self[index].has(.punctuation) {
      if start < index { pieces.append(self[start..<index]) }
      pieces.append(self[index...index])
      start = index + 1
    }
    if start < endIndex { pieces.append(self[start...]) }
    return pieces
  }
}
