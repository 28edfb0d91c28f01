import Foundation

@testable import Compute
@testable import Methods

/// SparseGrad as the paper has it, in double precision: three linear layers in a row, of which the middle one
/// holds the rotated weight W~ = P_out W P_inᵀ and is trained by SparseAdam with moments of every element.
struct ThreeLayerForm {
  let outputBasis: DoubleMatrix, inputBasis: DoubleMatrix
  /// Which coordinates of each axis may be selected.
  let outputs: [Int], inputs: [Int]
  let count: Int
  let support: SparseGradSettings.Selection
  /// What a periodic support is chosen by.
  let score: SparseGradSettings.GradientScore
  /// In periodic selection, the step at which the layer's first whole period begins.
  let offset: Int

  private(set) var rotated: DoubleMatrix
  private var moments: [Int: (first: Double, second: Double)] = [:]
  private var selected: Set<Int> = []
  private var sums: [Int: Double] = [:]
  private var step = 0

  init(
    weight: DoubleMatrix, outputBasis: DoubleMatrix, inputBasis: DoubleMatrix, outputs: [Int],
    inputs: [Int], count: Int, support: SparseGradSettings.Selection,
    score: SparseGradSettings.GradientScore, fixed: [Int], offset: Int
  ) {
    self.outputBasis = outputBasis
    self.inputBasis = inputBasis
    self.outputs = outputs
    self.inputs = inputs
    self.count = count
    self.support = support
    self.score = score
    self.offset = offset
    let candidates = Self.candidates(outputs, inputs, columns: weight.columns)
    selected = Set(fixed.map { candidates[$0] })
    rotated = outputBasis * weight * inputBasis.transposed
  }

  /// Y~ = ((X P_inᵀ) W~ᵀ) P_out
  func forward(_ x: DoubleMatrix) -> DoubleMatrix {
    x * inputBasis.transposed * rotated.transposed * outputBasis
  }

  /// The same way back.
  func inputGradient(_ dy: DoubleMatrix) -> DoubleMatrix {
    dy * outputBasis.transposed * rotated * inputBasis
  }

  /// The weight of the one linear layer that does the same.
  var plainWeight: DoubleMatrix { outputBasis.transposed * rotated * inputBasis }

  /// The gradient of the middle layer's weight.
  func gradient(_ x: DoubleMatrix, _ dy: DoubleMatrix) -> DoubleMatrix {
    outputBasis * (dy.transposed * x) * inputBasis.transposed
  }

  /// The step of a whole batch's gradient.
  /// - Returns: the selected gradient's sum of squares.
  mutating func step(_ adam: AdamStep, gradient: DoubleMatrix) -> Double {
    let candidates = Self.candidates(outputs, inputs, columns: gradient.columns)
    func largest(_ value: (Int) -> Double) -> Set<Int> {
      Set(candidates.sorted { value($0) > value($1) }.prefix(count))
    }
    if selected.isEmpty || support == .dynamic { selected = largest { abs(gradient.values[$0]) } }
    update(adam, gradient)
    if case .periodic(let interval, let observation) = support {
      let phase = (step + interval - offset % interval) % interval
      if phase < observation {
        for i in candidates {
          let g = gradient.values[i]
          sums[i, default: 0] += score == .mean ? g : g * g
        }
      }
      if phase == observation - 1 {
        selected = largest { abs(sums[$0, default: 0]) }
        moments = moments.filter { selected.contains($0.key) }
        sums = [:]
      }
    }
    step += 1
    return chosen.reduce(0) { $0 + $1 * $1 }
  }

  /// The places in the whole matrix of what may be selected.
  private static func candidates(_ outputs: [Int], _ inputs: [Int], columns: Int) -> [Int] {
    outputs.flatMap { r in inputs.map { r * columns + $0 } }
  }

  /// The gradient's elements of the last step.
  private var chosen: [Double] = []

  private mutating func update(_ adam: AdamStep, _ gradient: DoubleMatrix) {
    chosen = selected.map { gradient.values[$0] }
    let (beta1, beta2) = (Double(adam.beta1), Double(adam.beta2))
    for i in selected {
      let g = gradient.values[i] * Double(adam.gradientScale)
      var (m, v) = moments[i] ?? (0, 0)
      m = beta1 * m + (1 - beta1) * g
      v = beta2 * v + (1 - beta2) * g * g
      moments[i] = (m, v)
      let corrected = m / (1 - pow(beta1, Double(adam.number)))
      let root = (v / (1 - pow(beta2, Double(adam.number)))).squareRoot()
      rotated.values[i] -= Double(adam.learningRate) * corrected / (root + Double(adam.epsilon))
    }
  }
}
