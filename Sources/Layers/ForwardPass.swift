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

  /// How long something lives that a backward pass would need.
  package func lifetime(ifNeeded isNeeded: Bool) -> Lifetime {
    isTraining && isNeeded ? .untilBackward : .untilNext
  }

  /// Where things live that the backward pass needs, if one follows.
  package var arena: Arena { isTraining ? engine.activations : engine.scratch }
}
