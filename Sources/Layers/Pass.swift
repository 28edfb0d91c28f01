import Compute

/// What a forward pass is for.
public enum Purpose: Sendable {
  /// Only the result is wanted: no dropout, and nothing is kept.
  case inference
  /// A backward pass follows, so what it needs is kept; `dropout` is nil when nothing is to be dropped.
  case training(dropout: Dropout?)
  /// The values of training are wanted, but nothing is kept: the backward pass will compute them again.
  case recomputed(dropout: Dropout?)
}

/// What the forward pass of training keeps for the backward pass (activation checkpointing, Chen et al., 2016).
public enum ActivationCheckpointing: String, CaseIterable, Codable, Sendable {
  /// Everything that the backward pass needs.
  case none
  /// Of each block its input: the inside of the block is computed again in the backward pass.
  case blocks
}

/// One trip of a batch through the layers.
public struct Pass {
  /// What computes.
  public let engine: Engine
  /// What the pass is for.
  public let purpose: Purpose
  /// What is kept, when a backward pass follows.
  public let checkpointing: ActivationCheckpointing
  /// Where the backward pass puts gradients that last until the step. Among the activations, there must be no
  /// other pass between the backward pass and the step, and nothing may be computed again.
  package var gradients = StepGradients.Placement.apart

  /// A pass on `engine`.
  public init(_ engine: Engine, _ purpose: Purpose, checkpointing: ActivationCheckpointing = .none)
  {
    self.engine = engine
    self.purpose = purpose
    self.checkpointing = checkpointing
  }

  /// The dropout of this pass, if any.
  public var dropout: Dropout? {
    switch purpose {
    case .inference: nil
    case .training(let dropout), .recomputed(let dropout): dropout
    }
  }

  /// Whether what a backward pass needs is kept.
  public var isTraining: Bool {
    if case .training = purpose { true } else { false }
  }

  /// The same values, with nothing kept.
  package var forgetting: Pass { Pass(engine, .recomputed(dropout: dropout)) }

  /// How long something lives that a backward pass would need.
  package func lifetime(ifNeeded isNeeded: Bool) -> Lifetime {
    isTraining && isNeeded ? .untilBackward : .untilNext
  }

  /// Where things live that the backward pass needs, if one follows.
  package var arena: Arena { isTraining ? engine.activations : engine.scratch }
}
