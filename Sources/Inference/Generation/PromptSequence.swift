import Models

/// What a model writes after one prompt and then another: what they have in common is not read again.
public final class PromptSequence {
  private let generator: TextGenerator
  private let sequence: any TextSequence
  /// The tokens that the sequence has read.
  private var read: [Int32] = []

  /// An empty sequence of a model.
  public init(_ generator: TextGenerator) {
    self.generator = generator
    sequence = generator.sequence()
  }

  /// Goes on with a prompt.
  /// - Throws: as `TextGenerator.generate`; what `stream` throws ends the writing.
  public func generate(
    _ prompt: [Int32], _ settings: GenerationSettings, stream: (String) throws -> Void
  ) throws -> GeneratedText {
    // The last token is always read again: its logits are wanted.
    let known = max(0, min(zip(prompt, read).prefix { $0 == $1 }.count, prompt.count - 1))
    sequence.keep(first: known)
    read = Array(prompt.prefix(known))
    var written: [Int32] = []
    defer {
      // The sequence has not read the last token that was written.
      read = Array((prompt + written).prefix(sequence.count))
    }
    let result = try generator.generate(
      Array(prompt[known...]), after: read, in: sequence, settings, wrote: { written.append($0) },
      stream)
    return result
  }
}
