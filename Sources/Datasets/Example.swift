import Support

/// A text, or a pair of texts, and the answer if it is known.
public struct Example: Equatable, Sendable {
  /// The text, or the first of two.
  public var text: String
  /// The second text of a pair.
  public var pair: String?
  /// The words of the text, where each has an answer of its own; the text is then these with spaces between.
  public var words: [String]?
  /// The turns of a conversation, of which the assistant's are to be learnt; the text is then empty.
  public var conversation: [ChatTurn]?
  /// The answer; nil where only the text was read.
  public var target: Target?

  /// Puts an example together.
  public init(text: String, pair: String? = nil, target: Target? = nil) {
    self.text = text
    self.pair = pair
    self.target = target
  }

  /// Makes an example of a conversation.
  public init(conversation turns: [ChatTurn]) {
    self.init(text: "")
    conversation = turns
  }

  /// Puts an example of words together.
  public init(words: [String], target: Target? = nil) {
    self.init(text: words.joined(separator: " "), target: target)
    self.words = words
  }
}
