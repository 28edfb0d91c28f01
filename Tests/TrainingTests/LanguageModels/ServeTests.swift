import Foundation
import SparseGrad
import TestSupport
import Testing

/// `sparsegrad serve` as a client of OpenAI's protocol sees it.
@Suite(.serialized) struct ServeTests {
  private let folder: TemporaryFolder
  private let model: TinyLanguageModel
  private let server: Command
  private let address: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyLanguageModel(in: folder)
    let server = try Command([
      "serve", "--model", model.url.path, "--port", "0", "--model-id", "tiny", "--max-new-tokens",
      "6",
    ])
    var line = ""
    let isThere = Deadline.wait(within: Deadline.usual) {
      line = (try? server.output()) ?? ""
      return line.hasSuffix("/v1\n")
    }
    try #require(isThere, "the server does not listen")
    self.server = server
    address = line.replacing("listening at ", with: "").trimmingCharacters(in: .newlines)
  }

  /// - Returns: the status, and what came.
  private func ask(_ path: String, _ body: String? = nil, _ more: String...) throws -> (Int, String)
  {
    let data = body == nil ? [] : ["--data-binary", "@-"]
    let result = try ChildProcess(
      running: ["curl", "--silent", "--max-time", "60", "--write-out", "\n%{http_code}"] + data
        + more
        + [address + path], input: body ?? ""
    ).wait()
    let parts = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(parts.last ?? "") ?? 0, parts.dropLast().joined(separator: "\n"))
  }

  private func content(_ reply: String) throws -> String {
    let object = try jsonObject(Data(reply.utf8))
    let choices = object["choices"] as? [[String: Any]]
    return try #require((choices?.first?["message"] as? [String: Any])?["content"] as? String)
  }

  /// Whole and streamed answers are those of the library, whatever was asked before.
  @Test func answers() throws {
    let (status, models) = try ask("/models")
    #expect(status == 200 && models.contains("\"id\":\"tiny\""))
    let generator = try TextGenerator(model: model.url)
    var settings = GenerationSettings()
    settings.maximumTokens = 6
    for text in ["the film is good", "the film was dull", "a story"] {
      let expected = try generator.answer([ChatTurn(.user, text)], settings).text
      let messages = "\"messages\": [{\"role\": \"user\", \"content\": \"\(text)\"}]"
      let (status, whole) = try ask("/chat/completions", "{\(messages)}")
      #expect(status == 200)
      #expect(try content(whole) == expected)
      let usage = try jsonObject(Data(whole.utf8))["usage"] as? [String: Int]
      #expect(usage?["prompt_tokens"] ?? 0 > 2 && usage?["completion_tokens"] ?? 99 <= 6)
      let (_, events) = try ask("/chat/completions", "{\(messages), \"stream\": true}")
      let lines = events.split(separator: "\n").map { $0.dropFirst(6) }
      #expect(lines.last == "[DONE]")
      let pieces = try lines.dropLast().map { try jsonObject(Data($0.utf8)) }
      let streamed = pieces.compactMap { piece -> String? in
        let choice = (piece["choices"] as? [[String: Any]])?.first
        return (choice?["delta"] as? [String: Any])?["content"] as? String
      }.joined()
      #expect(streamed == expected)
    }
  }

  /// On demand a stream ends with the tokens of prompt and answer, as the whole answer has them.
  @Test func countedStreams() throws {
    let messages = "\"messages\": [{\"role\": \"user\", \"content\": \"a story\"}]"
    let (_, whole) = try ask("/chat/completions", "{\(messages)}")
    let usage = try #require(try jsonObject(Data(whole.utf8))["usage"] as? [String: Int])
    let (_, events) = try ask(
      "/chat/completions",
      "{\(messages), \"stream\": true, \"stream_options\": {\"include_usage\": true}}")
    let lines = events.split(separator: "\n").map { $0.dropFirst(6) }
    #expect(lines.last == "[DONE]")
    let last = try jsonObject(Data(try #require(lines.dropLast().last).utf8))
    #expect(last["usage"] as? [String: Int] == usage)
    #expect((last["choices"] as? [Any])?.isEmpty == true)
    #expect(try lines.dropLast(2).allSatisfy { try jsonObject(Data($0.utf8))["usage"] == nil })
  }

  @Test(
    arguments: [
      ("/nothing", nil, 404, "there is no /v1/nothing"),
      ("/models", "{}", 405, "expects GET"),
      ("/chat/completions", "{\"messages\": [", 400, "is no JSON"),
      ("/chat/completions", "{}", 400, "messages"),
      ("/chat/completions", "{\"messages\": []}", 400, "at least one message"),
      (
        "/chat/completions", "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}", 400,
        "supported: system, user, assistant"
      ),
      (
        "/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"temperature\": -1}", 400,
        "temperature"
      ),
      (
        "/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"tools\": [{}]}", 400,
        "tools"
      ),
    ] as [(String, String?, Int, String)])
  func errors(_ path: String, _ body: String?, _ status: Int, _ message: String) throws {
    let reply = try ask(path, body)
    #expect(reply.0 == status)
    let error = try jsonObject(Data(reply.1.utf8))["error"] as? [String: Any]
    #expect((error?["message"] as? String)?.contains(message) ?? false, "\(reply.1)")
  }

  /// What is no request does not stop the server.
  @Test func nonsense() throws {
    let port = try #require(Int(address.split(separator: ":")[2].prefix { $0 != "/" }))
    for text in [
      "", "nonsense\r\n\r\n",
      "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
      "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: 20_000),
    ] {
      let script = """
        import socket, sys
        s = socket.create_connection(("127.0.0.1", \(port)), 10)
        try:
            s.sendall(sys.stdin.buffer.read()); s.shutdown(1); s.recv(1000)
        except OSError:
            pass
        """
      let result = try ChildProcess(running: ["python3", "-c", script], input: text).wait()
      #expect(result.status == 0)
    }
    #expect(try ask("/models").0 == 200)
  }
}
