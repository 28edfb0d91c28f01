import Foundation
import Support

/// A model behind an endpoint of OpenAI's form (`POST URL/chat/completions`), asked by the program `curl`.
public struct ChatEndpoint: Sendable {
  /// Where it is: `http://localhost:8000/v1`.
  public let url: String
  /// What the model is called there.
  public let model: String
  /// The longest time an answer may take, in seconds.
  public let timeout: Int
  private let key: String?

  /// What went wrong with a request.
  enum Failure: Error {
    /// It may be different next time.
    case passing(String)
    /// It will not.
    case lasting(String)
  }

  /// - Parameters:
  ///   - url: where it is.
  ///   - model: what the model is called there.
  ///   - key: what gives access, if it takes that; it is in no message.
  ///   - timeout: in seconds.
  /// - Throws: `InputError` when the address is none of the web.
  public init(url: String, model: String, key: String?, timeout: Int = 300) throws {
    guard let parts = URLComponents(string: url), ["http", "https"].contains(parts.scheme),
      !(parts.host ?? "").isEmpty, !url.contains(where: { $0.isNewline || $0 == "\"" })
    else { throw InputError(url, "expected an address such as http://localhost:8000/v1") }
    guard key.map({ !$0.contains { $0.isNewline || $0 == "\"" || $0 == "\\" } }) ?? true else {
      throw InputError("the key of the endpoint", "holds a character that no key has")
    }
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.model = model
    self.key = key
    self.timeout = timeout
  }

  /// What the model answers.
  func answer(system: String, user: String, maximumTokens: Int) throws -> String {
    var messages: [JSONValue] = [["role": "user", "content": .string(user)]]
    if !system.isEmpty { messages.insert(["role": "system", "content": .string(system)], at: 0) }
    let body: JSONObject = [
      "model": .string(model), "messages": .array(messages), "temperature": 0,
      "max_tokens": .number(JSONNumber(maximumTokens)),
    ]
    let (status, text) = try post(JSONValue.object(body).text(.compact))
    guard status == 200 else {
      let problem = "\(url) answers with status \(status): \(text.prefix(200))"
      throw status == 429 || status >= 500 ? Failure.passing(problem) : Failure.lasting(problem)
    }
    do {
      let reply = JSONField(file: url, value: try JSONParser.parse(Array(text.utf8)))
      guard let choice = try reply.required("choices").elements().first else {
        throw Failure.passing("\(url) answers without a choice")
      }
      return try choice.required("message").required("content").string()
    } catch let error as InputError {
      throw Failure.passing("\(error)")
    } catch let error as JSONSyntaxError {
      throw Failure.passing("\(url) answers with something else than JSON: \(error.problem)")
    }
  }

  /// The key goes to curl by its standard input, where no other user sees it.
  private func post(_ body: String) throws -> (status: Int, text: String) {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sparsegrad-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("body.json")
    try Data(body.utf8).write(to: file)
    let authorization = key.map { "header = \"Authorization: Bearer \($0)\"\n" } ?? ""
    let configuration = """
      url = "\(url)/chat/completions"
      header = "Content-Type: application/json"
      \(authorization)data-binary = "@\(file.path)"
      max-time = \(timeout)
      silent
      show-error
      write-out = "\\n%{http_code}"

      """
    let process = Process(), input = Pipe(), output = Pipe(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["curl", "--config", "-"]
    (process.standardInput, process.standardOutput) = (input, output)
    process.standardError = errors
    try process.run()
    try? input.fileHandleForWriting.write(contentsOf: Data(configuration.utf8))
    try? input.fileHandleForWriting.close()
    let reply = try output.fileHandleForReading.readToEnd() ?? Data()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let problem = String(decoding: said, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    guard process.terminationStatus != 127 else {
      throw Failure.lasting("the program curl is not there, expected it to be installed")
    }
    guard process.terminationStatus == 0 else {
      throw Failure.passing("\(url): \(problem.isEmpty ? "curl failed" : problem)")
    }
    let text = String(decoding: reply, as: UTF8.self)
    guard let end = text.lastIndex(of: "\n"), let status = Int(text[text.index(after: end)...])
    else { throw Failure.passing("\(url): no status came") }
    return (status, String(text[..<end]))
  }
}
