import Foundation
import Support

extension Dataset {
  /// Reads conversations: one object of JSON a line, or a list of such objects. Known are
  ///
  /// - `{"messages": [{"role": "user", "content": ...}, ...]}`,
  /// - ShareGPT's `{"conversations": [{"from": "human", "value": ...}, ...]}`,
  /// - `{"prompt": ..., "completion": ...}`,
  /// - Alpaca's `{"instruction": ..., "input": ..., "output": ...}`,
  /// - OpenAssistant's messages, and its trees of messages.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - options: what is taken of OpenAssistant's trees.
  ///   - notice: is told what was left out.
  /// - Throws: `InputError` naming the file, and the line or key, that cannot be used.
  public init(
    conversationsOf url: URL, _ options: ConversationOptions = ConversationOptions(),
    notice: (String) -> Void = { _ in }
  ) throws {
    let file = try TextFile(url)
    var trees = MessageTrees(file.name, options)
    var examples: [Example] = []
    try file.eachObject { line, record in
      let object = try record.object()
      guard let form = ConversationForm(object) else {
        throw record.error(
          "holds no conversation, expected messages, conversations, prompt and completion, "
            + "instruction and output, or OpenAssistant's messages")
      }
      if form == .openAssistant {
        try trees.add(record, line: line)
      } else {
        do {
          examples.append(Example(conversation: try Conversation(form.turns(record)).turns))
        } catch let problem as Conversation.Problem {
          throw record.error(problem.text)
        }
      }
    }
    examples += try trees.conversations().map { Example(conversation: $0.turns) }
    if let text = trees.tally.notice(file.name) { notice(text) }
    guard !examples.isEmpty else {
      throw InputError(file.name, "holds no conversation with an answer of the assistant")
    }
    try self.init(examples: examples, source: file.name)
  }
}

extension Dataset {
  /// Whether a file begins with a conversation in one of the forms that are known.
  public static func holdsConversations(_ url: URL) -> Bool {
    guard url.pathExtension.lowercased() != "txt", let file = try? TextFile(url) else {
      return false
    }
    struct Found: Error { let isConversation: Bool }
    do {
      try file.eachObject { _, record in
        throw Found(isConversation: try ConversationForm(record.object()) != nil)
      }
    } catch let found as Found {
      return found.isConversation
    } catch {}
    return false
  }
}

extension TextFile {
  /// Calls `body` with every object: one a line, or the elements of a single list. Errors name the line, or the place in
  /// the list.
  fileprivate func eachObject(_ body: (_ line: Int, _ record: JSONField) throws -> Void) throws {
    let first = bytes.first { !Character(Unicode.Scalar($0)).isWhitespace }
    if first == UInt8(ascii: "[") {
      let list = try field(Array(bytes), line: nil)
      for (index, element) in try list.elements().enumerated() { try body(index + 1, element) }
      return
    }
    var lines = self.lines
    while let line = lines.next() {
      try body(line.number, try field(Array(line.bytes), line: line.number))
    }
  }

  private func field(_ bytes: [UInt8], line: Int?) throws -> JSONField {
    do {
      return JSONField(file: name, value: try JSONParser.parse(bytes), line: line)
    } catch {
      let location = line.map { "line \($0)" }
      let problem = "expected one JSON object a line, or a list of objects: \(error.problem)"
      throw InputError(name, at: location, problem)
    }
  }
}
