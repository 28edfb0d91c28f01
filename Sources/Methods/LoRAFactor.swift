import Compute
import Layers
import Weights

/// A factor of LoRA as something that trains: unlike the model's parameters it is in no model folder, so its
/// value is a part of the state that a resumed run needs.
final class LoRAFactor: Trainable {
  let parameter: Parameter
  private let factor: Parameter
  private let dense: DenseParameter

  /// - Parameter weight: what the factors add to.
  init(_ factor: Parameter, of weight: Parameter, _ engine: Engine) {
    self.factor = factor
    parameter = weight
    dense = DenseParameter(factor, for: .loops, engine)
  }

  var name: String { dense.name }
  var trainableCount: Int { dense.trainableCount }

  func squaredGradientNorm(_ engine: Engine) -> Double { dense.squaredGradientNorm(engine) }
  func step(_ step: AdamStep, _ engine: Engine) { dense.step(step, engine) }
  func isFinite(_ engine: Engine) -> Bool { dense.isFinite(engine) }

  func state() -> [NamedTensor] {
    [
      NamedTensor(name, .float32, shape: factor.shape) { [factor] body in
        try body(UnsafeRawBufferPointer(factor.value.elements))
      }
    ] + dense.state()
  }

  func restore(_ state: Checkpoint, _ engine: Engine) throws {
    try factor.setValue(engine) {
      try state.tensor(name, shape: factor.shape).copy(to: $0.elements)
    }
    try dense.restore(state, engine)
  }
}
