import CKernels
import Foundation

/// One step of Adam with decoupled weight decay (Loshchilov & Hutter, 2019), as `torch.optim.AdamW` does it.
public struct AdamStep: Sendable {
  /// The learning rate of this step.
  public var learningRate: Float
  /// Decay rates of the first and second moment.
  public var beta1: Float, beta2: Float
  /// Added to the root of the second moment.
  public var epsilon: Float
  /// Decoupled weight decay, for the parameters that decay.
  public var weightDecay: Float
  /// Steps taken including this one, for the bias correction.
  public var number: Int
  /// Multiplies every gradient (clipping by global norm).
  public var gradientScale: Float

  /// A step with AdamW's usual settings.
  public init(
    learningRate: Float, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
    weightDecay: Float = 0, number: Int, gradientScale: Float = 1
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.number = number
    self.gradientScale = gradientScale
  }

  fileprivate var kernel: ck_adam {
    ck_adam(
      rate: Float(Double(learningRate) / (1 - pow(Double(beta1), Double(number)))),
      decay: 1 - learningRate * weightDecay, beta1: beta1, beta2: beta2,
      inverse_correction: Float(1 / (1 - pow(Double(beta2), Double(number))).squareRoot()),
      epsilon: epsilon, gradient_scale: gradientScale)
  }
}

/// Where a row of a table, its gradient and its moments are.
package struct AdamRow {
  let weight: UnsafeMutablePointer<Float>
  let gradient: UnsafeMutablePointer<Float>
  let first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>

  package init(
    weight: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>,
    first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>
  ) {
    self.weight = weight
    self.gradient = gradient
    self.first = first
    self.second = second
  }
}

extension Engine {
  /// One pass over weight, gradient and both moments.
  package func adamW(
    _ step: AdamStep, weight: WeightStorage, gradient: Operand,
    first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>
  ) {
    let kernel = step.kernel
    parallel(weight.count, grain: 2 * Self.grain) { range in
      withUnsafePointer(to: kernel) {
        kernels.adamw(
          $0, weight.kernel, gradient.kernel, first, second, range.lowerBound, range.upperBound)
      }
    }
  }

  /// The same for rows of `columns` elements, wherever `row` says they are; nil leaves a row out.
  package func adamW(
    _ step: AdamStep, columns: Int, rows: Int, _ row: (Int) -> AdamRow?
  ) {
    let kernel = step.kernel
    parallel(rows, grain: 2 * rowGrain(columns)) { range in
      withUnsafePointer(to: kernel) {
        for i in range {
          guard let row = row(i) else { continue }
          let weight = ck_weight(f32: row.weight, upper: nil, lower: nil)
          let gradient = ck_operand(f32: row.gradient, bf16: nil)
          kernels.adamw($0, weight, gradient, row.first, row.second, 0, columns)
        }
      }
    }
  }

  /// The change that Adam makes to each of `count` selected elements; there is no decay.
  package func adamDelta(
    _ step: AdamStep, gradient: UnsafePointer<Float>, first: UnsafeMutablePointer<Float>,
    second: UnsafeMutablePointer<Float>, delta: UnsafeMutablePointer<Float>, count: Int
  ) {
    let kernel = step.kernel
    parallel(count, grain: 2 * Self.grain) { range in
      withUnsafePointer(to: kernel) {
        kernels.adam_delta($0, gradient, first, second, delta, range.lowerBound, range.upperBound)
      }
    }
  }
}
