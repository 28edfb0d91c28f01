import Compute
import Foundation
import Layers
import Support
import Weights

/// Where the weights of a model come from.
enum WeightSource {
  case checkpoint(Checkpoint)
  /// All are drawn from the seed.
  case random
}

/// Finds the parameters of a model in a checkpoint by name, and minds what is missing and what is left over.
final class ParameterLoader {
  /// How a parameter begins that is not in a checkpoint.
  enum Initialization {
    /// Drawn from a normal distribution of this standard deviation.
    case normal(Float)
    case constant(Float)
  }

  /// Whether a checkpoint may lack a parameter.
  enum Need {
    case required
    /// One that is lacking begins anew.
    case replaceable
  }

  private let source: WeightSource
  private let engine: Engine
  private let base: String
  private let seed: UInt64
  private lazy var pool = NormalPool(seed: seed)
  private var used: Set<String> = []
  private var leftOut: [String] = []
  private(set) var parameters: [Parameter] = []
  private(set) var newlyInitialized: [String] = []
  /// Tensors of the checkpoint that belong to a head of another kind.
  private(set) var ofOtherHeads: [String] = []

  /// - Parameter base: the prefix of the encoder's tensors (`bert.`); a checkpoint of the bare encoder
  ///   has none.
  init(
    _ source: WeightSource, base: String, seed: UInt64, _ engine: Engine
  ) {
    self.source = source
    self.base = base
    self.seed = seed
    self.engine = engine
  }

  /// Takes tensors whose names begin with `prefix` as not being there.
  func leaveOut(_ prefix: String) { leftOut.append(prefix) }

  /// The parameter `name` of this shape.
  /// - Throws: `InputError` when the checkpoint has it in another shape, or lacks it though it is required.
  func parameter(
    _ name: String, _ shape: [Int], _ part: ModelPart, _ initialization: Initialization,
    _ need: Need = .required
  ) throws -> Parameter {
    let parameter: Parameter
    switch source {
    case .random:
      parameter = begin(name, shape, part, initialization)
    case .checkpoint(let checkpoint):
      if let found = try load(name, shape, part, checkpoint) {
        parameter = found
      } else if need == .replaceable {
        parameter = begin(name, shape, part, initialization)
      } else {
        let spelling = spellings(of: name).first { checkpoint.prefix(before: $0) != nil }
        throw checkpoint.missing(spelling ?? name, shape: shape)
      }
    }
    parameters.append(parameter)
    return parameter
  }

  /// What was not used must belong to a head of another kind, which may be left out as `transformers` does it; what is
  /// named as a part of the encoder would change what it computes.
  /// - Parameters:
  ///   - harmless: what names begin with of which nothing needs to be said.
  ///   - blocks: what names of blocks begin with in a checkpoint of the bare encoder.
  /// - Throws: `InputError` naming a tensor of the encoder that is no part of the model.
  func checkNothingIsLeft(but harmless: [String], blocks: String) throws {
    guard case .checkpoint(let checkpoint) = source else { return }
    // Numbers 0, 1, 2, ... that some versions of `transformers` saved beside the weights.
    let numbers = [base + "embeddings.position_ids", "embeddings.position_ids"]
    let encoder = [base, "embeddings.", blocks, "pooler."]
    for name in checkpoint.names where !used.contains(name) {
      if (harmless + numbers).contains(where: name.hasPrefix) || isBuffer(name) { continue }
      guard !encoder.contains(where: name.hasPrefix) else {
        throw InputError(
          checkpoint.url.path, at: "tensor \"\(name)\"",
          "is not a part of this model, expected only tensors of its configuration")
      }
      ofOtherHeads.append(name)
    }
  }

  /// What older versions of `transformers` saved beside the weights of every block.
  private func isBuffer(_ name: String) -> Bool { name.hasSuffix(".rotary_emb.inv_freq") }

  private func load(
    _ name: String, _ shape: [Int], _ part: ModelPart, _ checkpoint: Checkpoint
  ) throws -> Parameter? {
    guard !leftOut.contains(where: name.hasPrefix),
      let found = spellings(of: name).first(where: { checkpoint[$0] != nil })
    else { return nil }
    used.insert(found)
    let tensor = try checkpoint.tensor(found, shape: shape)
    let aligned = Int(bitPattern: tensor.bytes.baseAddress) % MemoryLayout<Float>.alignment == 0
    if tensor.info.type == .float32, aligned, let start = tensor.bytes.baseAddress {
      try tensor.checkFinite()
      return Parameter(
        name, shape: shape, part: part, mapped: start.assumingMemoryBound(to: Float.self),
        owner: MappedTensor(tensor, engine.ledger))
    }
    // Until it trains.
    if let stored = StoredMatrix(tensor) {
      try tensor.checkFinite(stored, engine)
      return Parameter(
        name, part: part, stored: stored, owner: MappedTensor(tensor, engine.ledger))
    }
    let parameter = Parameter(name, shape: shape, part: part, ledger: engine.ledger)
    try tensor.copyFinite(to: parameter.value.elements)
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

  private func begin(
    _ name: String, _ shape: [Int], _ part: ModelPart, _ initialization: Initialization
  ) -> Parameter {
    newlyInitialized.append(name)
    let parameter = Parameter(name, shape: shape, part: part, ledger: engine.ledger)
    switch (initialization, source) {
    case (.constant(let value), _):
      parameter.value.elements.update(repeating: value)
    case (.normal(let deviation), .checkpoint):
      var random = RandomStream(seed: seed, purpose: .initialization, index: newlyInitialized.count)
      for i in parameter.value.elements.indices {
        parameter.value.elements[i] = deviation * random.normal()
      }
    case (.normal(let deviation), .random):
      pool.draw(
        parameter.value.elements, deviation: deviation, number: newlyInitialized.count, engine)
    }
    return parameter
  }
}

extension StoredMatrix {
  /// The matrix that a tensor is; nil when it is none, or of a type whose numbers cannot be read.
  fileprivate init?(_ tensor: TensorView) {
    guard tensor.info.shape.count == 2, tensor.info.count > 0,
      let encoding = Encoding(tensor.info.type)
    else { return nil }
    self.init(
      tensor.bytes, rows: tensor.info.shape[0], columns: tensor.info.shape[1], encoding)
  }
}

extension TensorView {
  /// Looks at all elements of a matrix where they are stored.
  /// - Throws: `InputError` when one is not finite.
  fileprivate func checkFinite(_ matrix: StoredMatrix, _ engine: Engine) throws {
    let step = max(1, (4 << 20) / matrix.columns)
    for first in stride(from: 0, to: matrix.rows, by: step) {
      let rows = first..<min(matrix.rows, first + step)
      let isFinite = engine.scratch.scope {
        let values = engine.scratch.matrix(rows.count, matrix.columns, of: Float.self)
        engine.decode(matrix, rows: rows, into: values)
        return engine.sumOfSquares(values.elements).isFinite
      }
      guard isFinite else { throw notFinite }
    }
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
