import Datasets
import Foundation
import Inference
import Support

/// What a client asks for: the body of `POST /v1/chat/completions`.
/// Format: <https://platform.openai.com/docs/api-reference/chat/create>
struct CompletionRequest {
  /// How the answer is sent.
  enum Delivery {
    case whole, streamed
  }

  /// What a streamed answer ends with.
  enum StreamEnd {
    case reason
    /// A piece without a choice that counts tokens (`stream_options.include_usage`) follows the reason.
    case usage
  }

  let turns: [ChatTurn]
  let settings: GenerationSettings
  let delivery: Delivery
  let streamEnd: StreamEnd

  /// - Parameter defaults: what holds where the request says nothing.
  /// - Throws: `InputError` naming the key that cannot be used.
  init(_ body: Data, _ defaults: GenerationSettings) throws {
    let request: JSONField
    do {
      request = JSONField(file: "the request", value: try JSONParser.parse(Array(body)))
    } catch {
      throw InputError("the request", "is no JSON: \(error.problem)")
    }
    turns = try request.required("messages").elements().map { message in
      ChatTurn(
        try message.required("role").oneOf(ChatRole.self), try Self.text(message))
    }
    guard !turns.isEmpty else {
      throw try request.required("messages").error(expected: "at least one message")
    }
    for key in ["tools", "functions"] where try request.optional(key) != nil {
      throw try request.required(key).error("is not supported")
    }
    if let count = try request.optional("n"), try count.integer() != 1 {
      throw count.error(expected: "1")
    }
    var settings = defaults
    func number(_ key: String, _ set: (Double) -> Void) throws {
      if let field = try request.optional(key) { set(try field.number()) }
    }
    let most =
      try request.optional("max_completion_tokens") ?? request.optional("max_tokens")
    if let most { settings.maximumTokens = try most.integer() }
    try number("temperature") { settings.sampling.temperature = $0 }
    try number("top_p") { settings.sampling.topP = $0 }
    try number("min_p") { settings.sampling.minP = $0 }
    try number("repetition_penalty") { settings.sampling.repetitionPenalty = $0 }
    if let topK = try request.optional("top_k") {
      settings.sampling.topK = try topK.integer() > 0 ? topK.integer() : nil
    }
    if let seed = try request.optional("seed") {
      settings.sampling.seed = UInt64(bitPattern: Int64(try seed.integer()))
    }
    if let stop = try request.optional("stop") {
      if case .string(let text) = stop.value {
        settings.stopStrings = [text]
      } else {
        settings.stopStrings = try stop.elements().map { try $0.string() }
      }
    }
    self.settings = settings
    let options = try request.optional("stream_options")
    let wantsUsage = try options?.optional("include_usage")?.bool() ?? false
    streamEnd = wantsUsage ? .usage : .reason
    delivery = try request.optional("stream")?.bool() ?? false ? .streamed : .whole
  }

  /// The content of a message: a text, or a list of parts that are texts.
  private static func text(_ message: JSONField) throws -> String {
    let content = try message.required("content")
    guard case .array = content.value else { return try content.string() }
    return try content.elements().map { part in
      let type = try part.required("type")
      guard try type.string() == "text" else { throw type.error(expected: "\"text\"") }
      return try part.required("text").string()
    }.joined()
  }
}
