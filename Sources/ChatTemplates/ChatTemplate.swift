import Foundation
import Support

/// What turns a conversation into the text that a model was trained on: the `chat_template` of `tokenizer_config.json`,
/// which is a program in the language Jinja.
///
/// Written are the same texts as by `transformers`, which sets Jinja up with `trim_blocks` and `lstrip_blocks`. What
/// published templates use is known; anything else is an error that names it and the line of the template.
/// Language: <https://jinja.palletsprojects.com/en/stable/templates/>
public struct ChatTemplate: Sendable {
  /// A conversation as text.
  public struct Rendering: Sendable, Equatable {
    /// The text.
    public let text: String
    /// Where the assistant's answers are in it, in bytes of UTF-8, if the template marks them by `{% generation %}`;
    /// else empty.
    public let generated: [Range<Int>]
  }

  /// What follows the last message.
  public enum Ending: Sendable {
    /// Nothing.
    case none
    /// The beginning of an answer, which a model is to go on with (`add_generation_prompt`).
    case generationPrompt
  }

  /// The file that it comes from, for messages.
  public let name: String
  private let statements: [TemplateStatement]

  /// Reads a template.
  /// - Parameters:
  ///   - source: the program.
  ///   - name: the file that it comes from, for messages.
  /// - Throws: `InputError` naming the line that is malformed or not supported.
  public init(_ source: String, name: String) throws {
    guard source.utf8.count <= TemplateLimit.source else {
      throw InputError(name, "holds a chat template of more than 1 MiB")
    }
    self.name = name
    statements = try Self.explaining(name) { try TemplateParser.statements(of: source) }
  }

  /// The text of a conversation.
  /// - Parameters:
  ///   - messages: each with `role` and `content`, and whatever else the template reads.
  ///   - ending: what follows the last message.
  ///   - variables: what the template may read beside the messages: `bos_token`, `eos_token`, ...
  ///   - now: what `strftime_now` writes.
  /// - Throws: `InputError` when the template refuses the conversation, or does what is not supported.
  public func render(
    _ messages: [JSONObject], ending: Ending = .none, variables: [String: JSONValue] = [:],
    now: Date = Date()
  ) throws -> Rendering {
    let scope = TemplateScope(inside: nil)
    for (name, value) in variables { scope.set(name, TemplateValue(value)) }
    scope.set("messages", .list(TemplateList(messages.map { TemplateValue(.object($0)) })))
    scope.set("add_generation_prompt", .bool(ending == .generationPrompt))
    // `transformers` gives these to every template.
    for name in ["tools", "documents"] where variables[name] == nil { scope.set(name, .none) }
    let run = TemplateRun(now: now)
    defer { run.end() }
    try Self.explaining(name) { _ = try run.run(statements, scope) }
    return Rendering(text: run.output, generated: run.generated)
  }

  private static func explaining<Result>(_ name: String, _ body: () throws -> Result) throws
    -> Result
  {
    do {
      return try body()
    } catch let problem as TemplateProblem {
      throw InputError(name, at: "chat template, line \(problem.line)", problem.message)
    }
  }
}
