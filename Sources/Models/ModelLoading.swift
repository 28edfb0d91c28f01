import Compute
import Layers
import Support
import Weights

/// The architectures that can be loaded, by `config.json`'s `model_type`: the registry to which a new one is added.
public enum ModelType: String, CaseIterable, Sendable {
  /// BERT and its relatives of the same shape (MiniLM, ...).
  case bert
  /// RoBERTa, base and large.
  case roberta
  /// DistilBERT.
  case distilBert = "distilbert"
  /// LLaMA 1 to 3, SmolLM2, TinyLlama, ...
  case llama
  /// Mistral.
  case mistral
  /// Qwen2 and Qwen2.5.
  case qwen2
  /// Qwen3.
  case qwen3

  var architecture: any ModelArchitecture {
    switch self {
    case .bert: EncoderArchitecture.bert
    case .roberta: EncoderArchitecture.roberta
    case .distilBert: EncoderArchitecture.distilBert
    case .llama: DecoderArchitecture.llama
    case .mistral: DecoderArchitecture.mistral
    case .qwen2: DecoderArchitecture.qwen2
    case .qwen3: DecoderArchitecture.qwen3
    }
  }

  /// The architecture that `config.json` names.
  /// - Throws: `InputError` when it is not one of these.
  public init(_ file: ConfigurationFile) throws {
    guard let type = Self(rawValue: try file.string("model_type")) else {
      let known = Self.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      throw file.error("model_type", expected: known)
    }
    self = type
  }

  /// The name of the weight [labels, hidden] that makes the logits.
  package func projectionName(_ head: HeadKind) -> String { architecture.projectionName(head) }

  /// The places of the linear layers of a model of so many blocks: what is known before any weight is loaded.
  package func places(blocks: Int, head: HeadKind = .sequence) -> [LinearPlace] {
    architecture.places(blocks: blocks, head: head)
  }
}

extension ModelType {
  /// The sizes of the blocks that `config.json` describes.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  package func blockSizes(_ file: ConfigurationFile) throws -> BlockSizes {
    try architecture.blockSizes(file)
  }

  /// Whether the models of this architecture go on with a text.
  public var isLanguageModel: Bool { architecture.heads.contains(.vocabulary) }
}

extension ModelFolder {
  /// The folder's architecture.
  /// - Throws: `InputError` when it is not one of `ModelType`.
  public func modelType() throws -> ModelType { try ModelType(configuration()) }

  /// Whether the weights include a classification head's.
  /// - Throws: `InputError` when the architecture is not known, or the weights cannot be opened.
  public func hasClassificationHead() throws -> Bool {
    try headSize((try? HeadConfiguration(configuration()))?.kind ?? .sequence) != nil
  }

  /// The number of logits of the head that the weights include; nil if they include none.
  /// - Throws: `InputError` when the architecture is not known, or the weights cannot be opened.
  package func headSize(_ kind: HeadKind = .sequence) throws -> Int? {
    let (checkpoint, type) = (try checkpoint(), try modelType())
    // Of a language model the word table may make the logits, too; whatever makes them is checked when it is loaded.
    if kind == .vocabulary { return type.isLanguageModel ? try inputLimits().vocabularySize : nil }
    let name = type.projectionName(kind)
    if let weight = checkpoint[name] { return weight.info.shape.first ?? 0 }
    if checkpoint.prefix(before: name) != nil { throw checkpoint.missing(name) }
    return nil
  }

  /// The precision in which this machine is faster with the folder's model. Products are all that bfloat16 makes faster, and of a
  /// narrow model they take hardly any of the time: that is computed in float32, which rounds less.
  /// - Throws: `InputError` when there is no library that multiplies.
  public func fastestPrecision() throws -> Precision {
    let sizes = try? modelType().blockSizes(configuration())
    return if let sizes, sizes.hidden < 128 { .float32 } else { try .fastest() }
  }

  /// Loads the folder's model with a head.
  /// - Parameters:
  ///   - head: what the head tells apart.
  ///   - weights: where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  ///   - seed: of weights that are new.
  ///   - engine: what computes.
  /// - Throws: `InputError` naming the file, key or tensor at fault.
  public func model(
    head: HeadConfiguration, weights: HeadWeights = .kept, dropout: Float? = nil, seed: UInt64 = 42,
    _ engine: Engine
  ) throws -> any TransformerModel {
    try modelType().architecture.model(
      configuration(), .checkpoint(checkpoint()), head: head, weights, dropout: dropout,
      seed: seed, engine)
  }
}

extension ModelFolder {
  /// What the folder's model can read, by its `config.json`.
  /// - Throws: `InputError` when it cannot be used.
  public func inputLimits() throws -> InputLimits {
    let file = try configuration()
    return try ModelType(file).architecture.limits(file)
  }
}
