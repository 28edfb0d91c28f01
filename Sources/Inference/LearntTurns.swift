/// Which tokens of a conversation count for the loss.
public enum LearntTurns: String, CaseIterable, Codable, Sendable {
  /// What the assistant says, with the token that ends each answer.
  case answers
  /// Every token but the first: all turns, and what the chat template puts around them.
  case all
}
