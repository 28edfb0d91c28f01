import Support

/// The forms in which a line of a file holds a conversation.
enum ConversationForm {
  /// `{"messages": [{"role": ..., "content": ...}, ...]}`
  case messages
  /// ShareGPT: `{"conversations": [{"from": "human", "value": ...}, ...]}`
  case shareGPT
  /// `{"prompt": ..., "completion": ...}`
  case completion
  /// Alpaca: `{"instruction": ..., "input": ..., "output": ...}`
  case alpaca
  /// OpenAssistant: a message, or a tree of messages.
  case openAssistant

  /// The form of a record, by its keys.
  init?(_ object: JSONObject) {
    func has(_ key: String) -> Bool { object[key] != nil }
    if has("messages") {
      self = .messages
    } else if has("conversations") {
      self = .shareGPT
    } else if has("instruction"), has("output") {
      self = .alpaca
    } else if has("message_tree_id"), has("prompt") || has("message_id") {
      self = .openAssistant
    } else if has("prompt"), has("completion") {
      self = .completion
    } else {
      return nil
    }
  }

  /// The turns of a record; of OpenAssistant's there are none before all are read.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  func turns(_ record: JSONField) throws -> [ChatTurn] {
    switch self {
    case .messages:
      return try record.required("messages").elements().map { message in
        ChatTurn(
          try message.required("role").oneOf(ChatRole.self),
          try Self.text(message.required("content")))
      }
    case .shareGPT:
      return try record.required("conversations").elements().map { message in
        let speaker = try message.required("from")
        let roles: [String: ChatRole] = [
          "human": .user, "user": .user, "gpt": .assistant, "assistant": .assistant,
          "chatgpt": .assistant, "system": .system,
        ]
        guard let role = roles[try speaker.string()] else {
          throw speaker.error(expected: "\"human\", \"gpt\" or \"system\"")
        }
        return ChatTurn(role, try message.required("value").string())
      }
    case .completion:
      return [
        ChatTurn(.user, try record.required("prompt").string()),
        ChatTurn(.assistant, try record.required("completion").string()),
      ]
    case .alpaca:
      let input = try record.optional("input")?.string() ?? ""
      let instruction = try record.required("instruction").string()
      return [
        ChatTurn(.user, input.isEmpty ? instruction : "\(instruction)\n\n\(input)"),
        ChatTurn(.assistant, try record.required("output").string()),
      ]
    case .openAssistant: return []
    }
  }

  /// A text, or a list of parts of which each is one: `[{"type": "text", "text": ...}]`.
  private static func text(_ field: JSONField) throws -> String {
    guard case .array = field.value else { return try field.string() }
    return try field.elements().map { part in
      let type = try part.required("type")
      guard try type.string() == "text" else { throw type.error(expected: "\"text\"") }
      return try part.required("text").string()
    }.joined()
  }
}
