import Adapters
import Compute
import Datasets
import Foundation
import Layers
import Methods
import Metrics
import Models
import Support
import Weights

/// A fine-tuned model of a Hugging Face folder, ready to answer.
///
///     let classifier = try TextClassifier(folder: URL(fileURLWithPath: "model"))
///     print(try classifier.predict([Example(text: "a tedious mess")])[0].label ?? "")
public final class TextClassifier {
  /// What a text comes out as.
  public struct Prediction: Sendable {
    /// The most probable label; nil for regression.
    public let label: String?
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
    engine = try Engine(precision: precision ?? .fastest(), threads: threads)
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
  public func predict(_ examples: [Example], notice: (String) -> Void = { _ in }) throws
    -> [Prediction]
  {
    guard !examples.isEmpty else { return [] }
    let data = try Dataset(
      examples: examples.map { Example(text: $0.text, pair: $0.pair) }, source: "text")
    let encoded = try encoder.encode(texts: data, notice)
    return try Evaluator(model, engine).logits(of: encoded).map { logits in
      guard logits.allSatisfy(\.isFinite) else { throw notFinite }
      guard case .classification(let labels) = head else {
        return Prediction(label: nil, probabilities: [], logits: logits)
      }
      return Prediction(
        label: labels[logits.indexOfMaximum], probabilities: Array(zip(labels, softmax(logits))),
        logits: logits)
    }
  }

  /// All metrics on labelled data.
  /// - Parameter loss: what the loss among them is; plain cross-entropy for a classification unless given.
  /// - Throws: `InputError` when the data's labels are not the model's, or its logits are not finite.
  public func evaluate(
    _ data: Dataset, loss: ClassificationLoss = ClassificationLoss(),
    notice: (String) -> Void = { _ in }
  ) throws -> MetricValues {
    try loss.validate(for: head == .regression ? .regression : .classification)
    model.loss = try loss.loss(data, head)
    let values = Evaluator(model, engine).evaluate(try encoder.encode(data, head, notice))
    guard values[.loss]?.isFinite ?? false else { throw notFinite }
    return values
  }

  private var notFinite: InputError {
    let others = adapters.map(\.path).joined(separator: ", ")
    return InputError(
      folder.url.path,
      "gives logits that are not finite: its weights are spoilt"
        + (others.isEmpty ? "" : ", or become so by \(others)"))
  }
}
