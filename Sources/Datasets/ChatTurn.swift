/// Who says something in a conversation, by the names that chat templates have for them.
public enum ChatRole: String, Codable, CaseIterable, Sendable {
  /// What is said before the conversation: how the assistant is to behave.
  case system
  /// The person.
  case user
  /// The model.
  case assistant
}

/// What somebody says at once.
public struct ChatTurn: Hashable, Codable, Sendable {
  /// Who says it.
  public var role: ChatRole
  /// What is said.
  public var content: String

  /// Puts a turn together.
  public init(_ role: ChatRole, _ content: String) {
    self.role = role
    self.content = content
  }
}
