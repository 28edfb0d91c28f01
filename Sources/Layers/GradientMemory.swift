import Compute

/// Memory of the gradient of a parameter.
enum GradientMemory {
  /// Memory of its own, for sums of several backward passes.
  case own(Buffer<Float>)
  /// Memory between a backward pass and the step, in the precision of products.
  case untilStep(StepGradient)

  /// The gradient [rows, columns]; there is room for it from here on.
  func operand(_ rows: Int, _ columns: Int, _ placement: StepGradients.Placement) -> Operand {
    switch self {
    case .own(let buffer): .float32(buffer.matrix(rows: rows, columns: columns))
    case .untilStep(let gradient): gradient.operand(rows, columns, placement)
    }
  }

  /// Gives back what can be given back.
  func release() {
    if case .untilStep(let gradient) = self { gradient.release() }
  }
}

/// A gradient that has memory between a backward pass and the step.
final class StepGradient {
  private let count: Int
  private let precision: Precision
  private let memory: StepGradients
  private var place: Operand?

  init(_ count: Int, _ engine: Engine) {
    self.count = count
    precision = engine.precision
    memory = engine.stepGradients
  }

  deinit { release() }

  func operand(_ rows: Int, _ columns: Int, _ placement: StepGradients.Placement) -> Operand {
    if let place { return place }
    let new: Operand =
      switch precision {
      case .float32:
        .float32(
          Matrix(memory.take(count, of: Float.self, placement), rows: rows, columns: columns))
      case .bfloat16:
        .bfloat16(
          Matrix(memory.take(count, of: BFloat16.self, placement), rows: rows, columns: columns))
      }
    place = new
    return new
  }

  func release() {
    guard let place else { return }
    switch place {
    case .float32: memory.give(count, of: Float.self)
    case .bfloat16: memory.give(count, of: BFloat16.self)
    }
    self.place = nil
  }
}
