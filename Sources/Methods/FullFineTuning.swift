import Compute
import Layers

/// Regular fine-tuning of a linear layer's weight: its whole gradient goes into the parameter.
final class FullFineTuning: WeightLearner {
  private let weight: Parameter

  init(_ weight: Parameter) { self.weight = weight }

  var keepsWholeInput: Bool { true }

  func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  func accumulate(
    _ kept: Operand, outputGradient: OutputGradient, inputGradient: Matrix<Float>?,
    _ pass: ForwardPass
  ) {
    guard let gradient = weight.gradient else { return }
    pass.engine.multiply(.transposedTimes, outputGradient.operand, kept, into: gradient, .add)
  }
}
