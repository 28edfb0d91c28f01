import Compute
import Layers

/// Regular fine-tuning of a linear layer's weight: its whole gradient goes into the parameter.
final class FullFineTuning: WeightLearner {
  private let weight: Parameter

  init(_ weight: Parameter) { self.weight = weight }

  var keepsWholeInput: Bool { true }

  func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    weight.addGradient(pass) {
      pass.engine.multiply(.tn, outputGradient, kept, into: $0, $1)
    }
  }
}
