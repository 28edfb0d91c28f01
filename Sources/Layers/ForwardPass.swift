import Compute

/// What a forward pass is for.
public enum PassPurpose: Sendable {
  /// Only the result is wanted: no dropout, and nothing is kept.
  case inference
  /// A backward pass follows, so what it needs is kept; `dropout` is nil when nothing is to be dropped.
  case training(dropout: Dropout?)
}

/// One trip of a batch through the layers.
public struct ForwardPass {
  /// What computes.
  public let engine: Engine
  /// What the pass is for.
  public let purpose: PassPurpose

  /// A pass on `engine`.
  public init(_ engine: Engine, _ purpose: PassPurpose) {
    self.engine = engine
    self.purpose = purpose
  }

  /// The dropout of this pass, if any.
  public var dropout: Dropout? {
    if case .training(let dropout) = purpose { dropout } else { nil }
  }

  /// Whether a backward pass follows.
  public var isTraining: Bool {
    if case .training = purpose { true } else { false }
  }
}

/// Rows between layers: their values, and the same as an operand of products. Both live in the engine's
/// arena of activations.
package struct Hidden {
  package let values: Matrix<Float>
  package let operand: Operand

  package init(_ values: Matrix<Float>, _ engine: Engine) {
    self.values = values
    operand = engine.operand(values, in: engine.activations)
  }
}
