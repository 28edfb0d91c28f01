import Checkpoints
import Compute
import Foundation
import Layers
import Support

/// Finds the parameters of a model in a checkpoint by name, and minds what is missing and what is left over.
final class ParameterLoader {
  /// How a parameter that the checkpoint does not have is drawn.
  enum Initialization {
    /// From a normal distribution of this standard deviation.
    case normal(Float)
    case zeros
  }

  private let checkpoint: Checkpoint
  private let engine: Engine
  private let base: String
  private let seed: UInt64
  private var used: Set<String> = []
  private var leftOut: [String] = []
  private(set) var parameters: [Parameter] = []
  private(set) var newlyInitialized: [String] = []

  /// - Parameter base: the prefix of the encoder's tensors (`bert.`); a checkpoint of the bare encoder
  ///   has none.
  init(_ checkpoint: Checkpoint, base: String, seed: UInt64, _ engine: Engine) {
    self.checkpoint = checkpoint
    self.base = base
    self.seed = seed
    self.engine = engine
  }

  /// Takes tensors whose names begin with `prefix` as not being there.
  func leaveOut(_ prefix: String) { leftOut.append(prefix) }

  /// The parameter `name` of this shape.
  /// - Parameter initialization: what to do when the checkpoint does not have it; nil makes that an error.
  func parameter(
    _ name: String, _ shape: [Int], _ part: ModelPart,
    otherwise initialization: Initialization? = nil
  ) throws -> Parameter {
    let parameter = try load(name, shape, part) ?? draw(name, shape, part, initialization)
    parameters.append(parameter)
    return parameter
  }

  /// - Throws: `InputError` naming a tensor that belongs to no part of the model, unless it is known to be
  ///   harmless: a head of another task, or a table of numbers that are not weights.
  func checkNothingIsLeft() throws {
    let harmless = [
      "cls.", base + "embeddings.position_ids", "embeddings.position_ids", "lm_head.",
    ]
    for name in checkpoint.names where !used.contains(name) {
      if (harmless + leftOut).contains(where: name.hasPrefix) { continue }
      throw InputError(
        checkpoint.url.path, at: "tensor \"\(name)\"",
        "is not a part of this model, expected only tensors of its configuration")
    }
  }

  private func load(_ name: String, _ shape: [Int], _ part: ModelPart) throws -> Parameter? {
    guard !leftOut.contains(where: name.hasPrefix),
      let found = spellings(of: name).first(where: { checkpoint[$0] != nil })
    else { return nil }
    used.insert(found)
    let tensor = try checkpoint.tensor(found, shape: shape)
    let aligned = Int(bitPattern: tensor.bytes.baseAddress) % MemoryLayout<Float>.alignment == 0
    if tensor.info.type == .float32, aligned, let start = tensor.bytes.baseAddress {
      return Parameter(
        name, shape: shape, part: part, mapped: start.assumingMemoryBound(to: Float.self),
        owner: MappedTensor(tensor, engine.ledger))
    }
    let parameter = Parameter(name, shape: shape, part: part, ledger: engine.ledger)
    try tensor.copy(to: parameter.value.elements)
    return parameter
  }

  /// The names under which published checkpoints have a parameter: with or without the encoder's prefix, and
  /// with the older names of LayerNorm's two vectors.
  private func spellings(of name: String) -> [String] {
    let bare = name.hasPrefix(base) ? [name, String(name.dropFirst(base.count))] : [name]
    return bare.flatMap { name in
      [
        name,
        name.replacingOccurrences(of: "LayerNorm.weight", with: "LayerNorm.gamma"),
        name.replacingOccurrences(of: "LayerNorm.bias", with: "LayerNorm.beta"),
      ]
    }
  }

  private func draw(
    _ name: String, _ shape: [Int], _ part: ModelPart, _ initialization: Initialization?
  ) throws -> Parameter {
    guard let initialization else {
      throw InputError(
        checkpoint.url.path, at: "tensor \"\(name)\"", "is missing, expected shape \(shape)")
    }
    newlyInitialized.append(name)
    let parameter = Parameter(name, shape: shape, part: part, ledger: engine.ledger)
    if case .normal(let deviation) = initialization {
      var random = RandomStream(seed: seed, purpose: .initialization, index: newlyInitialized.count)
      for i in parameter.value.elements.indices {
        parameter.value.elements[i] = deviation * random.normal()
      }
    }
    return parameter
  }
}

/// Keeps a mapped tensor's file open and its bytes in the ledger.
private final class MappedTensor {
  private let tensor: TensorView
  private let ledger: MemoryLedger

  init(_ tensor: TensorView, _ ledger: MemoryLedger) {
    self.tensor = tensor
    self.ledger = ledger
    ledger.hold(tensor.bytes.count, .weights)
  }

  deinit { ledger.release(tensor.bytes.count, .weights) }
}
