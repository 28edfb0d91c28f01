import Compute
import Layers
import Support
import Weights

/// A language model as llama.cpp has it in GGUF files: what they say of it, but for its tokenizer, and its tensors.
public struct GGUFModel {
  /// The metadata, in the order of the file.
  public let metadata: [GGUFWriter.Entry]
  /// The tensors under the names of such files. They are converted while they are written.
  public let tensors: [NamedTensor]
  /// Matrices whose rows are no whole blocks of a quantised type, by their names there: they are F16.
  public let notQuantised: [String]
  /// The longest text of the model; shorter than the configuration has it where a window of attention, which such files
  /// do not have, is shorter.
  public let contextLength: Int

  /// - Parameters:
  ///   - model: a language model.
  ///   - name: what the file calls it.
  ///   - type: of its matrices, one of `TensorType.encodable`; vectors are F32.
  ///   - engine: the one that it was loaded with.
  /// - Throws: `InputError` naming the key or tensor that such files have no place for.
  public init(
    _ model: any TransformerModel, name: String, as type: TensorType, _ engine: Engine
  ) throws {
    let file = model.configuration
    let modelType = try ModelType(file)
    guard let decoder = modelType.architecture as? DecoderArchitecture else {
      throw file.error("model_type", expected: "that of a language model")
    }
    let shape = try DecoderConfiguration(file, decoder)
    guard shape.activation == .silu else {
      throw file.error("hidden_act", expected: "silu, the only activation of GGUF files")
    }
    // llama.cpp takes Mistral's models for LLaMA's.
    let architecture = modelType == .mistral ? ModelType.llama.rawValue : modelType.rawValue
    let rotary = try GGUFRotary(file, shape, architecture: architecture)
    contextLength = shape.longestWithoutWindow
    metadata =
      shape.metadata(architecture: architecture, name: name, type) + rotary.metadata
    // llama.cpp turns neighbouring elements of LLaMA's heads, see `Checkpoint.init(_: GGUFFile)`.
    let heads = architecture == ModelType.llama.rawValue ? shape.heads : nil
    var skipped: [String] = []
    tensors =
      try rotary.factors
      + model.storedTensors(engine).map { tensor in
        guard let name = GGUFNames.gguf(tensor.name) else {
          throw InputError(
            file.url.path, at: "tensor \"\(tensor.name)\"", "has no name in GGUF files")
        }
        let renamed = tensor.renamed(name)
        let ordered = heads.map { renamed.ordered($0) } ?? renamed
        guard tensor.shape.count > 1, let columns = tensor.shape.last else {
          return try ordered.converted(to: .float32, source: file.url.path)
        }
        let fits = columns.isMultiple(of: type.elementsOfBlock)
        if !fits { skipped.append(name) }
        return try ordered.converted(to: fits ? type : .float16, source: file.url.path)
      }
    notQuantised = skipped
  }
}

extension NamedTensor {
  /// The rows of query and key projections in the order of llama.cpp; any other tensor as it is.
  fileprivate func ordered(_ heads: AttentionHeads) -> NamedTensor {
    if name.contains(".attn_q.") { return pairingHalves(ofHeads: heads.count) }
    return name.contains(".attn_k.") ? pairingHalves(ofHeads: heads.keyValueCount) : self
  }
}

extension DecoderConfiguration {
  /// The length of texts in which every token sees all before it.
  fileprivate var longestWithoutWindow: Int {
    let windows = masks.compactMap { mask -> Int? in
      if case .causal(let window) = mask { window } else { nil }
    }
    return min(maximumPositions, windows.min() ?? .max)
  }

  /// What a GGUF file says of a model of this shape, but for its rotary positions.
  fileprivate func metadata(
    architecture: String, name: String, _ type: TensorType
  ) -> [GGUFWriter.Entry] {
    func key(_ name: String) -> String { "\(architecture).\(name)" }
    let fileTypes: [TensorType: UInt32] = [.float16: 1, .q8_0: 7, .bfloat16: 32]
    return [
      ("general.architecture", .string(architecture)), ("general.type", .string("model")),
      ("general.name", .string(name)), ("general.quantization_version", .uint32(2)),
      ("general.file_type", .uint32(fileTypes[type] ?? 0)),
      (key("block_count"), .count(layerCount)),
      (key("context_length"), .count(longestWithoutWindow)),
      (key("embedding_length"), .count(hiddenSize)),
      (key("feed_forward_length"), .count(intermediateSize)),
      (key("attention.head_count"), .count(heads.count)),
      (key("attention.head_count_kv"), .count(heads.keyValueCount)),
      (key("attention.key_length"), .count(heads.size)),
      (key("attention.value_length"), .count(heads.size)),
      (key("attention.layer_norm_rms_epsilon"), .float32(rmsNormEpsilon)),
      (key("vocab_size"), .count(vocabularySize)),
    ]
  }
}
