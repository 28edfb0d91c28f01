import Adapters
import Compute
import Datasets
import Foundation
import Layers
import Methods
import Metrics
import Models
import Support
import Tasks
import Weights

/// A fine-tuned model of a Hugging Face folder, ready to answer.
///
///     let classifier = try TextClassifier(folder: URL(fileURLWithPath: "model"))
///     print(try classifier.predict([Example(text: "a tedious mess")])[0].label ?? "")
public final class TextClassifier {
  /// What a text comes out as.
  public struct Prediction: Sendable {
    /// The most probable label; nil for regression, and where a text may have several.
    public let label: String?
    /// Where a text may have several labels: those that it has, in the order of the logits; else nil.
    public let labels: [String]?
    /// The probabilities by label, in the order of the logits; empty for regression.
    public let probabilities: [(label: String, probability: Double)]
    /// The model's output. For regression its only element is the predicted value.
    public let logits: [Float]
  }

  /// What the model tells apart.
  public let head: HeadConfiguration
  /// What operands of products are stored in.
  public var precision: Precision { engine.precision }
  /// What its folder remembers of its training.
  public let memory: TrainingMemory
  private let folder: ModelFolder
  private let adapters: [URL]
  private let model: any TransformerModel
  private let encoder: TextEncoder
  private let engine: Engine

  /// Loads a model that has a head, or gets one from an adapter.
  /// - Parameters:
  ///   - url: the folder of the model.
  ///   - adapters: folders of adapters, whose changes are made one after the other.
  ///   - precision: what operands of products are stored in; what is faster on this machine unless given.
  ///   - maximumLength: longer sequences are truncated; unless given to what the model was trained with, if it was
  ///     trained here, else to `model_max_length` of the tokenizer or all of the model's positions.
  ///   - threads: all processors unless given.
  /// - Throws: `InputError` naming what in the folder cannot be used.
  public init(
    folder url: URL, adapters: [URL] = [], precision: Precision? = nil,
    maximumLength: Int? = nil, threads: Int? = nil
  ) throws {
    folder = try ModelFolder(url)
    self.adapters = adapters
    engine = try Engine(precision: precision ?? folder.fastestPrecision(), threads: threads)
    guard try !adapters.isEmpty || folder.hasClassificationHead() else {
      throw InputError(
        url.path, "has no classification head; `sparsegrad finetune` makes a model that has one")
    }
    model = try folder.model(
      adapters: adapters.map { try Adapter(folder: $0) }, engine)
    head = try HeadConfiguration(model.configuration)
    memory = try TrainingMemory(of: url, adapters: adapters)
    encoder = try TextEncoder(folder, maximumLength: maximumLength ?? memory.maximumLength)
  }

  /// Answers for texts, in their order.
  /// - Parameters:
  ///   - examples: the texts; their answers do not matter.
  ///   - thresholds: where a text may have several labels, the probability from which on each is given, one for
  ///     all or one for each; 0.5 unless given.
  ///   - notice: is told what a user should know of the texts.
  /// - Throws: `InputError` when a text cannot be read, or the model is one that tags words (see `tag`).
  public func predict(
    _ examples: [Example], thresholds: [Double]? = nil, notice: (String) -> Void = { _ in }
  ) throws -> [Prediction] {
    guard head.problem != .tokens else {
      throw InputError(folder.url.path, "tags words, expected a model that classifies texts")
    }
    guard head.problem != .nextToken else {
      throw InputError(
        folder.url.path, "is a language model, expected one that classifies texts")
    }
    try check(thresholds)
    let several = try head.problem == .multiLabel ? Multilabel(head, thresholds: thresholds) : nil
    guard !examples.isEmpty else { return [] }
    let data = try Dataset(
      examples: examples.map { Example(text: $0.text, pair: $0.pair) }, source: "text")
    return try outputs(of: encoder.encode(texts: data, notice)).map { output in
      prediction(output[0], several)
    }
  }

  private func prediction(_ logits: [Float], _ several: Multilabel?) -> Prediction {
    if let several {
      let answers = several.probabilities(logits)
      return Prediction(
        label: nil, labels: answers.filter(\.isGiven).map(\.label),
        probabilities: answers.map { ($0.label, $0.probability) }, logits: logits)
    }
    guard head.problem == .singleLabel else {
      return Prediction(label: nil, labels: nil, probabilities: [], logits: logits)
    }
    return Prediction(
      label: head.labels[logits.indexOfMaximum], labels: nil,
      probabilities: Array(zip(head.labels, softmax(logits))), logits: logits)
  }

  /// The tags of sentences that are given as words, in their order; words that were truncated have none.
  /// - Throws: `InputError` when the model is not one that tags words.
  public func tag(_ sentences: [[String]], notice: (String) -> Void = { _ in }) throws
    -> [[(tag: String, probability: Double)]]
  {
    guard head.problem == .tokens else {
      throw InputError(folder.url.path, "classifies texts, expected a model that tags words")
    }
    guard !sentences.isEmpty else { return [] }
    let data = try Dataset(examples: sentences.map { Example(words: $0) }, source: "text")
    return try outputs(of: encoder.encode(texts: data, notice)).map { output in
      output.map { logits in
        let best = logits.indexOfMaximum
        return (head.labels[best], softmax(logits)[best])
      }
    }
  }

  private func outputs(of data: EncodedDataset) throws -> [ModelOutput] {
    let outputs = Evaluator(model, engine).outputs(of: data)
    guard outputs.allSatisfy({ $0.allSatisfy { $0.allSatisfy(\.isFinite) } }) else {
      throw notFinite
    }
    return outputs
  }

  /// All metrics on labelled data.
  /// - Parameters:
  ///   - data: the examples, with answers.
  ///   - loss: what the loss among them is; plain cross-entropy for a classification unless given.
  ///   - thresholds: as for `predict`.
  ///   - turns: of conversations, what the loss is of; unless given, what the model was trained on, else answers.
  ///   - notice: is told what a user should know of the texts.
  /// - Throws: `InputError` when the data's labels are not the model's, or its logits are not finite.
  public func evaluate(
    _ data: Dataset, loss: ClassificationLoss? = nil, thresholds: [Double]? = nil,
    on turns: LearntTurns? = nil, notice: (String) -> Void = { _ in }
  ) throws -> Evaluation {
    try check(thresholds)
    let objective = try TaskKind(head.problem).objective(
      head, training: data, loss: loss, thresholds: thresholds)
    let encoded = try encoder.encode(
      data, objective, learning: turns ?? memory.learntTurns ?? .answers, notice)
    let evaluation = Evaluator(model, engine).evaluation(of: encoded, objective)
    guard evaluation[.loss]?.isFinite ?? false else { throw notFinite }
    return evaluation
  }

  /// - Throws: `InputError` when thresholds are given that mean nothing to this model.
  private func check(_ thresholds: [Double]?) throws {
    guard thresholds == nil || head.problem == .multiLabel else {
      throw InputError(
        .thresholds, "has no meaning for this model, expected one that gives several labels")
    }
  }

  private var notFinite: InputError {
    let others = adapters.map(\.path).joined(separator: ", ")
    return InputError(
      folder.url.path,
      "gives logits that are not finite: its weights are damaged"
        + (others.isEmpty ? "" : ", or become so by \(others)"))
  }
}
