import Adapters
import Compute
import Datasets
import Foundation
import Methods
import Models
import Support
import Tokenizers
import Weights

/// A language model that goes on with texts.
///
///     let generator = try TextGenerator(model: URL(fileURLWithPath: "SmolLM2-135M.gguf"))
///     print(try generator.generate("The capital of France is").text)
public final class TextGenerator {
  /// The tokenizer of the model.
  public let tokenizer: Tokenizer
  /// What operands of products are stored in.
  public var precision: Precision { engine.precision }
  /// The most tokens that the model reads.
  public let maximumLength: Int
  private let source: ModelFolder
  private let model: any TransformerModel
  private let engine: Engine
  private let ends: Set<Int32>

  /// Loads a model.
  /// - Parameters:
  ///   - url: the folder of the model, or its GGUF file.
  ///   - adapters: folders of adapters, whose changes are made one after the other.
  ///   - precision: what operands of products are stored in; what is faster on this machine unless given.
  ///   - threads: all processors unless given.
  /// - Throws: `InputError` naming what cannot be used, or when it is no language model.
  public init(
    model url: URL, adapters: [URL] = [], precision: Precision? = nil, threads: Int? = nil
  ) throws {
    source = try ModelFolder(url)
    guard try source.modelType().isLanguageModel else {
      throw try source.configuration().error(
        "model_type", expected: "that of a language model, such as \"llama\"")
    }
    engine = try Engine(precision: precision ?? source.fastestPrecision(), threads: threads)
    model = try source.model(
      languageModelWith: adapters.map { try Adapter(folder: $0) }, engine)
    tokenizer = try TextEncoder(source, maximumLength: nil).tokenizer
    maximumLength = model.limits.maximumLength
    ends = try source.endTokens(tokenizer)
  }

  /// Goes on with a text.
  /// - Parameters:
  ///   - prompt: the text, before which the tokenizer's special tokens are put.
  ///   - settings: when to stop, and how tokens are chosen.
  ///   - stream: is given what was written, piece by piece; what it throws ends the writing.
  /// - Throws: `InputError` when the prompt has no tokens, or more than the model reads.
  public func generate(
    _ prompt: String, _ settings: GenerationSettings = GenerationSettings(),
    stream: (String) throws -> Void = { _ in }
  ) throws -> GeneratedText {
    try generate(tokens: tokenizer.encode(prompt).ids, settings, stream: stream)
  }

  /// Goes on with tokens.
  /// - Throws: as `generate(_:_:stream:)`.
  public func generate(
    tokens prompt: [Int32], _ settings: GenerationSettings = GenerationSettings(),
    stream: (String) throws -> Void = { _ in }
  ) throws -> GeneratedText {
    try generate(prompt, after: [], in: sequence(), settings, stream)
  }

  /// The answer to a conversation, by the model's chat template.
  /// - Throws: `InputError` when the model has no chat template, or that refuses the conversation.
  public func answer(
    _ turns: [ChatTurn], _ settings: GenerationSettings = GenerationSettings(),
    stream: (String) throws -> Void = { _ in }
  ) throws -> GeneratedText {
    try generate(tokens: conversationEncoder().prompt(turns), settings, stream: stream)
  }

  /// The logits of what comes after a text, one for every token of the vocabulary.
  /// - Throws: as `generate(_:_:stream:)`.
  public func logits(after prompt: String) throws -> [Float] {
    try logits(after: tokenizer.encode(prompt).ids)
  }

  /// The logits of what comes after a conversation, where the assistant answers.
  /// - Throws: as `answer(_:_:stream:)`.
  public func logits(after turns: [ChatTurn]) throws -> [Float] {
    try logits(after: conversationEncoder().prompt(turns))
  }

  private func logits(after tokens: [Int32]) throws -> [Float] {
    try check(tokens, after: 0)
    return sequence().read(tokens, engine)
  }

  /// What makes tokens of conversations.
  public func conversationEncoder() throws -> ConversationEncoder {
    try ConversationEncoder(source, tokenizer)
  }

  /// A sequence that the model goes on with.
  func sequence() -> any TextSequence {
    guard let sequence = model.textSequence() else { preconditionFailure("no language model") }
    return sequence
  }

  /// - Parameters:
  ///   - earlier: the tokens that the sequence has read already.
  ///   - wrote: is told of each token that was written.
  func generate(
    _ prompt: [Int32], after earlier: [Int32], in sequence: any TextSequence,
    _ settings: GenerationSettings, wrote: (Int32) -> Void = { _ in },
    _ stream: (String) throws -> Void
  ) throws -> GeneratedText {
    try settings.validate()
    try check(prompt, after: earlier.count)
    let begun = ContinuousClock.now
    var logits = sequence.read(prompt, engine)
    let read = ContinuousClock.now
    var writer = TextWriter(tokenizer, stopStrings: settings.stopStrings)
    var sampler = TokenSampler(settings.sampling)
    var seen = Set(earlier).union(prompt)
    var tokens: [Int32] = []
    var reason = FinishReason.length
    while true {
      guard logits.allSatisfy(\.isFinite) else {
        throw InputError(
          source.url.path, "gives logits that are not finite: its weights are damaged")
      }
      let token = sampler.next(logits, seen: seen)
      if ends.contains(token) {
        reason = .stop
        break
      }
      tokens.append(token)
      wrote(token)
      seen.insert(token)
      try stream(writer.text(after: token))
      if writer.isStopped {
        reason = .stop
        break
      }
      if tokens.count == settings.maximumTokens
        || earlier.count + prompt.count + tokens.count == maximumLength
      {
        break
      }
      logits = sequence.read([token], engine)
    }
    try stream(writer.finish())
    let end = ContinuousClock.now
    return GeneratedText(
      text: writer.written, tokens: tokens, promptTokens: prompt.count, reason: reason,
      promptSeconds: (read - begun) / .seconds(1), seconds: (end - read) / .seconds(1))
  }

  /// - Throws: `InputError` when the model cannot read these tokens.
  private func check(_ prompt: [Int32], after earlier: Int) throws {
    guard !prompt.isEmpty else { throw InputError(.prompt, "has no tokens, expected some") }
    guard earlier + prompt.count < maximumLength else {
      throw InputError(
        .prompt,
        "has \(earlier + prompt.count) tokens, expected fewer than the \(maximumLength) that the model reads"
      )
    }
    if let id = prompt.first(where: { $0 >= model.limits.vocabularySize }) {
      throw InputError(
        source.url.path, "has no row for the token \"\(tokenizer.token(for: id) ?? "")\" (\(id))")
    }
  }
}
