import Layers
import Methods

/// A linear layer [out, in].
struct LayerShape {
  let role: LinearRole
  /// Its name: its weight's without `.weight`.
  let module: String
  let outputSize: Int, inputSize: Int

  var size: Int { outputSize * inputSize }
}

/// How the weight of a linear layer learns, as far as it costs products.
enum LayerLearning: Equatable {
  case frozen
  case dense
  case sparse(SparseGradSettings)
  case lowRank(Int)

  init(
    _ layer: LayerShape, _ method: TrainingMethod, on layers: TrainedLayers, _ scope: TrainableScope
  ) throws {
    switch method {
    case .full where layers.includes(layer.role): self = .dense
    case .sparseGrad(let settings) where layers.includes(layer.role): self = .sparse(settings)
    case .lora(let settings)
    where try settings.targetModules.includes(layer.module, layer.role.kind)
      && layers.allowsLoRA(on: layer.role, settings.targetModules):
      self = .lowRank(settings.rank)
    default: self = scope.includes(layer.role) ? .dense : .frozen
    }
  }

  /// What a step needs beside the layer's own forward pass and input gradient.
  func operations(_ layer: LayerShape, rows: Int, handsDown: Bool) -> Int {
    switch self {
    case .frozen: return 0
    case .dense: return 2 * layer.size * rows
    case .sparse(let settings): return Self.sparse(layer, rows: rows, settings)
    case .lowRank(let rank):
      // Forward through A and B; back through B; the gradients of both; back through A.
      let (input, output) = (
        2 * rows * rank * layer.inputSize, 2 * rows * rank * layer.outputSize
      )
      return (input + output) + output + (output + input) + (handsDown ? input : 0)
    }
  }

  /// The folded form: both sides of the gradient are rotated, then multiplied; the change, of few elements, is
  /// rotated back into the weight once.
  private static func sparse(_ layer: LayerShape, rows: Int, _ settings: SparseGradSettings) -> Int
  {
    let rotated = settings.axes.rotated(layer.role.kind)
    func candidates(_ size: Int, _ share: Double) -> Int {
      max(1, Int((Double(size) * share).rounded()))
    }
    let shares = settings.candidates(layer.role.kind, size: layer.size)
    let input = candidates(layer.inputSize, shares.input)
    let output = candidates(layer.outputSize, shares.output)
    let selected = min(input * output, settings.density.count(of: layer.size))
    var count = 2 * rows * input * output
    if rotated.input { count += 2 * rows * layer.inputSize * input }
    if rotated.output { count += 2 * rows * layer.outputSize * output }
    switch rotated {
    case (true, true):
      // Entry by entry with the larger rotation, then one product with the smaller.
      let smaller = layer.outputSize > layer.inputSize ? input : output
      count += 2 * selected * max(layer.outputSize, layer.inputSize) + 2 * layer.size * smaller
    case (output: true, input: false): count += 2 * selected * layer.outputSize
    case (output: false, input: true): count += 2 * selected * layer.inputSize
    case (false, false): count += selected
    }
    return count
  }
}
