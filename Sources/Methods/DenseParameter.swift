import Compute
import Foundation
import Layers
import Weights

/// A parameter trained as a whole by AdamW.
final class DenseParameter: Trainable {
  let parameter: Parameter
  private let first: Buffer<Float>
  private let second: Buffer<Float>

  /// - Parameters:
  ///   - reader: what reads the parameter besides the optimiser.
  ///   - gradient: what adds to its gradient.
  init(
    _ parameter: Parameter, for reader: Parameter.Reader,
    gradient: Parameter.GradientSource = .any, _ engine: Engine
  ) {
    self.parameter = parameter
    parameter.trainDensely(engine, for: reader, gradient: gradient)
    first = Buffer(count: parameter.count, .optimizer, engine.ledger)
    second = Buffer(count: parameter.count, .optimizer, engine.ledger)
  }

  var name: String { parameter.name }
  var trainableCount: Int { parameter.count }

  private var gradient: Operand {
    guard let gradient = parameter.anyGradient else {
      preconditionFailure("\(name) has lost its gradient")
    }
    return gradient
  }

  func squaredGradientNorm(_ engine: Engine) -> Double { engine.sumOfSquares(gradient) }

  func step(_ step: AdamStep, _ engine: Engine) {
    var step = step
    if !parameter.decays { step.weightDecay = 0 }
    engine.adamW(
      step, weight: parameter.storage, gradient: gradient, first: first.data,
      second: second.data)
    parameter.zeroGradient()
    parameter.valueChanged()
  }

  func isFinite(_ engine: Engine) -> Bool {
    parameter.isFinite(engine)
  }

  func state() -> [NamedTensor] {
    [("first_moment", first), ("second_moment", second)].map { kind, buffer in
      NamedTensor("\(name).\(kind)", shape: parameter.shape, buffer)
    }
  }

  func restore(_ state: Checkpoint, _ engine: Engine) throws {
    for (kind, buffer) in [("first_moment", first), ("second_moment", second)] {
      try state.tensor("\(name).\(kind)", shape: parameter.shape).copy(to: buffer.elements)
    }
  }
}

extension Parameter {
  /// Whether weight decay applies: as `transformers` has it, not to biases and normalisations.
  var decays: Bool { shape.count > 1 }
}

extension NamedTensor {
  /// A tensor of a buffer's first elements.
  init(_ name: String, shape: [Int], _ buffer: Buffer<Float>) {
    self.init(name, .float32, shape: shape) { body in
      try body(
        UnsafeRawBufferPointer(
          UnsafeBufferPointer(start: buffer.data, count: shape.reduce(1, *))))
    }
  }

  /// The same for indices.
  init(_ name: String, shape: [Int], _ buffer: Buffer<UInt32>) {
    self.init(name, .uint32, shape: shape) { body in
      try body(
        UnsafeRawBufferPointer(
          UnsafeBufferPointer(start: buffer.data, count: shape.reduce(1, *))))
    }
  }
}
