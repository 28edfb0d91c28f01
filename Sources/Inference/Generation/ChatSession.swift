import Datasets
import Support

/// A conversation with a language model: what was said before is remembered, and not read again.
public final class ChatSession {
  /// What was said.
  public private(set) var turns: [ChatTurn]
  private let encoder: ConversationEncoder
  private let sequence: PromptSequence

  /// A conversation that begins.
  /// - Parameters:
  ///   - generator: the model.
  ///   - system: how the assistant is to behave; nil for what the model's template says.
  /// - Throws: `InputError` when the model has no chat template.
  public init(_ generator: TextGenerator, system: String? = nil) throws {
    encoder = try generator.conversationEncoder()
    sequence = PromptSequence(generator)
    turns = system.map { [ChatTurn(.system, $0)] } ?? []
  }

  /// Says something, and lets the model answer.
  /// - Parameters:
  ///   - text: what the user says.
  ///   - settings: when to stop, and how tokens are chosen.
  ///   - stream: is given the answer, piece by piece; what it throws ends the answer, and neither turn is remembered.
  /// - Throws: `InputError` when the template refuses the conversation, or it is longer than the model reads.
  public func answer(
    _ text: String, _ settings: GenerationSettings = .init(),
    stream: (String) throws -> Void = { _ in }
  ) throws -> GeneratedText {
    let asked = turns + [ChatTurn(.user, text)]
    let result = try sequence.generate(encoder.prompt(asked), settings, stream: stream)
    turns = asked + [ChatTurn(.assistant, result.text)]
    return result
  }

  /// Forgets what was said, but for the system's turn.
  public func reset() { turns.removeAll { $0.role != .system } }
}
