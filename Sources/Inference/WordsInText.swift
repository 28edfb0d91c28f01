import Foundation
import Metrics
import Support

/// A text cut into the words that a model tags.
public struct WordsInText: Sendable {
  /// A word and where it stands, in characters of the text as Python counts them (Unicode scalars).
  public struct Word: Sendable {
    /// The word.
    public let text: String
    /// Its place: from the first character to the one after the last.
    public let range: Range<Int>
  }

  /// The words, in their order.
  public let words: [Word]
  private let scalars: [Unicode.Scalar]

  /// Cuts at white space and around every punctuation mark, as files for such models are cut.
  public init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    var words: [Word] = []
    var start: Int?
    func finish(_ scalars: [Unicode.Scalar], _ end: Int) {
      guard let begun = start else { return }
      words.append(Word(text: Self.text(scalars[begun..<end]), range: begun..<end))
      start = nil
    }
    for (place, scalar) in scalars.enumerated() {
      let properties = scalar.properties
      if properties.isWhitespace {
        finish(scalars, place)
      } else if Self.isPunctuation(scalar) {
        finish(scalars, place)
        words.append(Word(text: String(scalar), range: place..<place + 1))
      } else if start == nil {
        start = place
      }
    }
    finish(scalars, scalars.count)
    self.words = words
  }

  /// An entity of the text.
  public struct Span: Encodable, Sendable {
    /// What it is.
    public let type: String
    /// Its words as they stand in the text.
    public let text: String
    /// The place of its first character, and the one after its last.
    public let start: Int, end: Int
    /// The mean probability of its words' tags.
    public let score: Double
  }

  /// The entities that tags mark, where there is a tag for each word or for the first ones.
  public func spans(_ tags: [(tag: String, probability: Double)]) -> [Span] {
    Entity.all(in: tags.map(\.tag)).map { entity in
      let range =
        words[entity.words.lowerBound].range
        .lowerBound..<words[entity.words.upperBound - 1].range
        .upperBound
      let scores = tags[entity.words].map(\.probability)
      return Span(
        type: entity.type, text: Self.text(scalars[range]), start: range.lowerBound,
        end: range.upperBound, score: scores.reduce(0, +) / Double(scores.count))
    }
  }

  private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: scalar.isASCII && "$+<=>^`|~".unicodeScalars.contains(scalar)
    }
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
