import Foundation
import Support
import TestFiles
import Testing

@testable import Datasets

@Suite struct ConversationTests {
  private func read(
    _ text: String, _ options: ConversationOptions = ConversationOptions(),
    notice: (String) -> Void = { _ in }
  ) throws -> [[ChatTurn]] {
    let folder = try TemporaryFolder()
    let file = try folder.write("data.jsonl", text)
    return try Dataset(conversationsOf: file, options, notice: notice).examples
      .compactMap(\.conversation)
  }

  private let hello = [ChatTurn(.user, "Hi"), ChatTurn(.assistant, "Hello")]

  @Test(arguments: [
    #"{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#,
    #"{"messages": [{"role": "user", "content": [{"type": "text", "text": "H"}, {"type": "text", "text": "i"}]}, {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "?"}]}"#,
    #"{"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]}"#,
    #"{"prompt": "Hi", "completion": "Hello"}"#,
    #"{"instruction": "Hi", "input": "", "output": "Hello"}"#,
    #"[{"instruction": "Hi", "output": "Hello"}]"#,
  ])
  func forms(_ line: String) throws {
    #expect(try read(line) == [hello])
    if line.hasPrefix("{") { #expect(try read(line + "\n" + line + "\n") == [hello, hello]) }
  }

  @Test func systemTurnsAndInputs() throws {
    let line =
      #"{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}"#
    #expect(try read(line) == [[ChatTurn(.system, "S")] + hello])
    #expect(
      try read(#"{"instruction": "Add", "input": "1, 2", "output": "3"}"#)[0][0].content
        == "Add\n\n1, 2")
  }

  @Test(arguments: [
    (#"{"text": "x"}"#, "line 1: holds no conversation"),
    (
      #"{"messages": [{"role": "user", "content": "x"}]}"#,
      "line 1: has no turn of the assistant, expected one to learn from"
    ),
    (
      #"{"messages": [{"role": "assistant", "content": "x"}]}"#,
      "line 1: turn 1 is the assistant's, expected the user's"
    ),
    (
      "{\"prompt\": \"a\", \"completion\": \"b\"}\n"
        + #"{"messages": [{"role": "user", "content": "x"}, {"role": "user", "content": "x"}]}"#,
      "line 2: turn 2 is the user's, expected the assistant's"
    ),
    (
      #"{"messages": [{"role": "tool", "content": "x"}]}"#,
      "line 1, key \"messages[0].role\": \"tool\" is not supported; supported: system, user, assistant"
    ),
    (#"{"messages": [{"role": "user"}]}"#, "line 1, key \"messages[0].content\": is missing"),
    (#"{"prompt": 1, "completion": "x"}"#, "line 1, key \"prompt\": is 1, expected a text"),
    ("{\"messages\"", "line 1: expected one JSON object a line"),
    ("", "holds no conversation with an answer of the assistant"),
  ])
  func errors(_ text: String, _ message: String) {
    let error = #expect(throws: InputError.self) { try read(text) }
    #expect(error?.description.contains("data.jsonl: " + message) ?? false, "\(error as Any)")
  }

  private func message(
    _ id: String, _ parent: String?, _ role: String, rank: Int? = nil, lang: String = "en",
    deleted: Bool = false
  ) -> String {
    let parent = parent.map { "\"\($0)\"" } ?? "null"
    let rank = rank.map(String.init) ?? "null"
    return """
      {"message_id": "\(id)", "parent_id": \(parent), "text": "\(id)", "role": "\(role)", "lang": "\(lang)", "rank": \(rank), "deleted": \(deleted), "message_tree_id": "r"}
      """
  }

  /// r — a (rank 1) — c — e
  ///   \ b (rank 0)   \ d (deleted) — f
  @Test func messagesAndTrees() throws {
    let lines = [
      message("r", nil, "prompter"), message("a", "r", "assistant", rank: 1),
      message("b", "r", "assistant", rank: 0), message("c", "a", "prompter"),
      message("e", "c", "assistant"), message("d", "c", "assistant", deleted: true),
      message("f", "d", "prompter"), message("o", "elsewhere", "assistant"),
    ]
    func ids(_ options: ConversationOptions) throws -> [String] {
      try read(lines.joined(separator: "\n"), options).map { $0.map(\.content).joined() }
    }
    var options = ConversationOptions()
    #expect(try ids(options) == ["race", "rb"])
    options.replies = .best
    #expect(try ids(options) == ["rb"])
    options.languages = ["de"]
    #expect(throws: InputError.self) { try ids(options) }
    var notices: [String] = []
    _ = try read(lines.joined(separator: "\n")) { notices.append($0) }
    #expect(notices.count == 1)
    #expect(
      notices[0].hasSuffix(
        "left out 2 deleted messages, 1 messages whose parent is not in the file"))

    let tree = """
      {"message_tree_id": "r", "prompt": {"message_id": "r", "text": "r", "role": "prompter", "replies": [
      {"message_id": "a", "text": "a", "role": "assistant", "rank": 1, "replies": [{"message_id": "c", "text": "c", "role": "prompter", "replies": []}]},
      {"message_id": "b", "text": "b", "role": "assistant", "rank": 0, "replies": []}]}}
      """.replacing("\n", with: "")
    #expect(try read(tree).map { $0.map(\.content).joined() } == ["ra", "rb"])
    options = ConversationOptions()
    options.replies = .best
    #expect(try read(tree, options).map { $0.map(\.content).joined() } == ["rb"])
  }

  @Test func brokenTrees() {
    func problem(_ lines: [String]) -> String {
      let error = #expect(throws: InputError.self) { try read(lines.joined(separator: "\n")) }
      return error?.description ?? ""
    }
    let root = message("r", nil, "prompter")
    #expect(problem([root, root]).hasSuffix("line 2: the message r is there twice"))
    #expect(
      problem([root, message("a", "b", "assistant"), message("b", "a", "prompter")])
        .hasSuffix("line 2: is a reply to itself by way of its replies: a cycle"))
    #expect(
      problem([root, message("a", "r", "prompter")])
        .hasSuffix("line 2: replies as user to one of the same role"))
    #expect(
      problem([message("x", nil, "robot")]).contains("expected \"prompter\" or \"assistant\""))
  }

  /// Trees as deep as a file can nest them are read without recursion.
  @Test func deepThreads() throws {
    let count = 3000
    let lines = (0..<count).map {
      message("\($0)", $0 == 0 ? nil : "\($0 - 1)", $0.isMultiple(of: 2) ? "prompter" : "assistant")
    }
    #expect(try read(lines.joined(separator: "\n")).map(\.count) == [count])
  }
}
