/// What is taken of OpenAssistant's trees of messages, in which every message may have several replies.
public struct ConversationOptions: Hashable, Codable, Sendable {
  /// Which replies are followed.
  public enum Replies: String, Codable, CaseIterable, Sendable {
    /// All: every way from the first message to one without replies is a conversation.
    case all
    /// Of every message the reply that people liked best (the lowest `rank`).
    case best
  }

  /// Which replies are followed.
  public var replies = Replies.all
  /// The languages that are taken (`en`, `de`, ...); nil for all.
  public var languages: Set<String>?

  /// Everything.
  public init() {}
}

/// What was left out of a file, and why.
struct ConversationTally {
  /// Messages that were deleted, or are replies to such.
  var deleted = 0
  /// Messages whose parent is not in the file, and what replies to them.
  var orphans = 0
  /// Messages in other languages, and what replies to them.
  var otherLanguages = 0
  /// Trees of which no way has an answer of the assistant.
  var unanswered = 0

  /// What a user should know of it; nil if nothing was left out.
  func notice(_ source: String) -> String? {
    let parts = [
      (deleted, "deleted messages"), (orphans, "messages whose parent is not in the file"),
      (otherLanguages, "messages in other languages"), (unanswered, "threads without an answer"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? nil : "\(source): left out \(parts.joined(separator: ", "))"
  }
}
