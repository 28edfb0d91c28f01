import Foundation
import Inference
import Support

/// A language model behind OpenAI's protocol: `POST /v1/chat/completions`, whole or streamed, and `GET /v1/models`.
///
/// Connections are read side by side; one answer is written at a time, by all threads.
public final class ChatServer {
  private let generator: TextGenerator
  private let encoder: ConversationEncoder
  private let sequence: PromptSequence
  private let name: String
  /// When it began, in seconds of Unix time.
  private let begun = Int(Date().timeIntervalSince1970)
  private let defaults: GenerationSettings
  private let listener: HTTPListener
  private let writing = NSLock()
  private let isLogged: (String) -> Void

  /// The port it listens at.
  public var port: Int { listener.port }

  /// - Parameters:
  ///   - generator: the model.
  ///   - name: what it is called.
  ///   - host: the address of an interface of this machine.
  ///   - port: 0 for any that is free.
  ///   - defaults: what holds where a request says nothing.
  ///   - log: is told of each request.
  /// - Throws: `InputError` when the address cannot be used, or the model has no chat template.
  public init(
    _ generator: TextGenerator, name: String, host: String = "127.0.0.1", port: Int,
    defaults: GenerationSettings = GenerationSettings(), log: @escaping (String) -> Void = { _ in }
  ) throws {
    self.generator = generator
    self.name = name
    self.defaults = defaults
    isLogged = log
    encoder = try generator.conversationEncoder()
    sequence = PromptSequence(generator)
    listener = try HTTPListener(host: host, port: port)
  }

  /// Answers until the process ends.
  /// - Throws: `InputError` when no more connections come.
  public func run() throws -> Never {
    nonisolated(unsafe) let server = self
    while true {
      let connection = try listener.accept()
      Thread.detachNewThread { server.answer(connection) }
    }
  }

  private func answer(_ connection: HTTPConnection) {
    do {
      guard let request = try HTTPRequest(connection) else { return }
      try answer(request, connection)
    } catch let problem as HTTPRequest.Problem {
      try? refuse(connection, problem.status, problem.message)
    } catch let error as InputError {
      try? refuse(connection, 400, "\(error)")
    } catch {
      // The client has gone: nobody waits for the rest.
    }
  }

  private func refuse(_ connection: HTTPConnection, _ status: Int, _ message: String) throws {
    isLogged("\(status) \(message)")
    let error: JSONObject = [
      "error": ["message": .string(message), "type": "invalid_request_error"]
    ]
    try connection.send(status: status, "application/json", Self.data(error))
  }

  private func answer(_ request: HTTPRequest, _ connection: HTTPConnection) throws {
    let routes = ["/v1/models": "GET", "/v1/chat/completions": "POST"]
    guard let method = routes[request.path] else {
      throw HTTPRequest.Problem(status: 404, message: "there is no \(request.path)")
    }
    guard request.method == method else {
      throw HTTPRequest.Problem(status: 405, message: "\(request.path) expects \(method)")
    }
    guard method == "POST" else {
      let models: JSONObject = [
        "object": "list",
        "data": .array([
          [
            "id": .string(name), "object": "model", "owned_by": "sparsegrad",
            "created": .number(JSONNumber(begun)),
          ]
        ]),
      ]
      return try connection.send(status: 200, "application/json", Self.data(models))
    }
    let wanted = try CompletionRequest(request.body, defaults)
    try wanted.settings.validate()
    let prompt = try encoder.prompt(wanted.turns)
    guard prompt.count < generator.maximumLength else {
      throw InputError(
        "the request",
        "has \(prompt.count) tokens, expected fewer than the \(generator.maximumLength) that the model reads"
      )
    }
    try writing.withLock { try write(prompt, wanted, connection) }
  }

  private func write(
    _ prompt: [Int32], _ wanted: CompletionRequest, _ connection: HTTPConnection
  ) throws {
    let completion = Completion(model: name)
    if wanted.delivery == .whole {
      let result = try sequence.generate(prompt, wanted.settings) { _ in }
      log(result)
      return try connection.send(
        status: 200, "application/json", Self.data(completion.whole(result, prompt.count)))
    }
    func event(_ object: JSONObject) throws {
      try connection.send(Data("data: ".utf8) + Self.data(object) + Data("\n\n".utf8))
    }
    try connection.begin("text/event-stream")
    try event(completion.piece(["role": "assistant", "content": ""]))
    let result = try sequence.generate(prompt, wanted.settings) { text in
      if !text.isEmpty { try event(completion.piece(["content": .string(text)])) }
    }
    log(result)
    try event(completion.piece([:], result.reason))
    if wanted.streamEnd == .usage { try event(completion.counts(result, prompt.count)) }
    try connection.send(Data("data: [DONE]\n\n".utf8))
  }

  private func log(_ result: GeneratedText) {
    let rate = Double(result.tokens.count) / max(result.seconds, 1e-9)
    isLogged(
      "200 \(result.promptTokens) tokens read, \(result.tokens.count) written at "
        + String(format: "%.1f tokens/s", rate))
  }

  private static func data(_ object: JSONObject) -> Data {
    Data(JSONValue.object(object).text(.compact).utf8)
  }
}

/// An answer in OpenAI's form.
private struct Completion {
  private let id = "chatcmpl-" + UUID().uuidString.lowercased()
  private let created = Int(Date().timeIntervalSince1970)
  private let model: String

  init(model: String) { self.model = model }

  func whole(_ result: GeneratedText, _ promptTokens: Int) -> JSONObject {
    var object = head("chat.completion")
    object["choices"] = .array([
      [
        "index": 0, "message": ["role": "assistant", "content": .string(result.text)],
        "finish_reason": .string(result.reason.rawValue),
      ]
    ])
    object["usage"] = usage(result, promptTokens)
    return object
  }

  /// The piece that ends a stream with the tokens of prompt and answer.
  func counts(_ result: GeneratedText, _ promptTokens: Int) -> JSONObject {
    var object = head("chat.completion.chunk")
    object["choices"] = .array([])
    object["usage"] = usage(result, promptTokens)
    return object
  }

  private func usage(_ result: GeneratedText, _ promptTokens: Int) -> JSONValue {
    [
      "prompt_tokens": .number(JSONNumber(promptTokens)),
      "completion_tokens": .number(JSONNumber(result.tokens.count)),
      "total_tokens": .number(JSONNumber(promptTokens + result.tokens.count)),
    ]
  }

  func piece(_ delta: JSONObject, _ reason: FinishReason? = nil) -> JSONObject {
    var object = head("chat.completion.chunk")
    object["choices"] = .array([
      [
        "index": 0, "delta": .object(delta),
        "finish_reason": reason.map { .string($0.rawValue) } ?? .null,
      ]
    ])
    return object
  }

  private func head(_ kind: String) -> JSONObject {
    [
      "id": .string(id), "object": .string(kind), "created": .number(JSONNumber(created)),
      "model": .string(model),
    ]
  }
}
