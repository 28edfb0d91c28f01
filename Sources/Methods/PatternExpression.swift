/// What cannot be used as a pattern, and why.
package struct PatternProblem: Error {
  package let text: String
}

/// A part of a pattern.
indirect enum Expression: Sendable {
  /// A character of the class.
  case character(CharacterClass)
  /// One part after the other.
  case sequence([Expression])
  /// One of the parts.
  case choice([Expression])
  /// A part so many times. Whether more or fewer are preferred makes no difference to names as a whole.
  case repeated(Expression, ClosedRange<Int>)
  case start, end
  /// Between a character of a word and another, or not there.
  case wordBoundary(isThere: Bool)
  /// What follows matches, or does not.
  case ahead(Expression, isThere: Bool)
}

/// Characters that a place in a pattern accepts.
indirect enum CharacterClass: Sendable {
  case scalar(Unicode.Scalar)
  case range(ClosedRange<Unicode.Scalar>)
  /// Any but a line break.
  case any
  case digit, space, word
  case union([CharacterClass])
  case not(CharacterClass)

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .scalar(let one): scalar == one
    case .range(let range): range.contains(scalar)
    case .any: scalar != "\n"
    case .digit: scalar.properties.generalCategory == .decimalNumber
    case .space: scalar.properties.isWhitespace || ("\u{1c}"..."\u{1f}").contains(scalar)
    case .word:
      scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    case .union(let classes): classes.contains { $0.contains(scalar) }
    case .not(let other): !other.contains(scalar)
    }
  }
}
