import Compute
import Layers
import Weights

/// Something that an optimiser step changes: a parameter as a whole, or the selected elements of one.
public protocol Trainable: AnyObject {
  /// What its state is called: the parameter's name.
  var name: String { get }
  /// The model's parameter that it belongs to: for LoRA's factors, the weight that they add to.
  var parameter: Parameter { get }
  /// How many numbers a step changes.
  var trainableCount: Int { get }

  /// The sum of squares of the gradient that the next step will use.
  func squaredGradientNorm(_ engine: Engine) -> Double
  /// Takes the step, and clears the gradient.
  func step(_ step: AdamStep, _ engine: Engine)

  /// Whether the parameter's value follows from what it was loaded with and from this state, so that it need not be
  /// kept beside them.
  var isValueDerived: Bool { get }

  /// Whether the parameter holds neither NaN nor infinity.
  func isFinite(_ engine: Engine) -> Bool

  /// Everything besides the parameter's value that a resumed run needs, by names that begin with `name`.
  func state() -> [NamedTensor]
  /// Takes over what `state` gave.
  /// - Throws: `InputError` naming the tensor that is missing or does not fit.
  func restore(_ state: Checkpoint, _ engine: Engine) throws
}

extension Trainable {
  /// Not unless said otherwise.
  public var isValueDerived: Bool { false }
}
