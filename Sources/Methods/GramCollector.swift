import Compute
import Layers

/// Takes the gradients of a linear layer as samples for a basis and forgets them: Σ G Gᵀ and Σ Gᵀ G are all
/// that the left singular vectors of the stacked gradients' unfoldings depend on, so memory does not
/// grow with the number of samples. Where their mean is to count, what is kept of them is their sum.
package final class GramCollector: WeightLearner {
  /// The sums for the two axes of a weight [out, in]; nil for an axis that is not rotated.
  package final class Sums {
    package let output: Buffer<Float>?
    package let input: Buffer<Float>?
    /// Squared gradients summed per output and input coordinate, for axes that are not rotated.
    var outputEnergy: [Double], inputEnergy: [Double]
    private(set) var samples = 0

    package init(rows: Int, columns: Int, output: Bool, input: Bool, _ ledger: MemoryLedger) {
      self.output = output ? Buffer(count: rows * rows, .basis, ledger) : nil
      self.input = input ? Buffer(count: columns * columns, .basis, ledger) : nil
      outputEnergy = [Double](repeating: 0, count: output ? 0 : rows)
      inputEnergy = [Double](repeating: 0, count: input ? 0 : columns)
    }

    /// Adds the gradient `g` [out, in], or the sum of as many as `count`.
    package func add(_ g: Matrix<Float>, of count: Int = 1, _ engine: Engine) {
      samples += count
      if let output {
        let gram = output.matrix(rows: g.rows, columns: g.rows)
        engine.multiply(.nt, g, g, into: gram, .add)
      } else {
        for r in 0..<g.rows { outputEnergy[r] += engine.sumOfSquares(g[row: r]) }
      }
      if let input {
        let gram = input.matrix(rows: g.columns, columns: g.columns)
        engine.multiply(.tn, g, g, into: gram, .add)
      } else {
        for r in 0..<g.rows {
          let row = g[row: r]
          for c in 0..<g.columns { inputEnergy[c] += Double(row[c]) * Double(row[c]) }
        }
      }
    }
  }

  private let sums: Sums
  /// The sum of the gradients, if it is what counts.
  private let total: Buffer<Float>?
  private var count = 0
  private let rows: Int, columns: Int
  /// A learner that also trains on the gradient, if the preliminary phase trains.
  private let training: (any WeightLearner)?

  init(
    _ weight: Parameter, _ sums: Sums, by score: SparseGradSettings.GradientScore,
    alongside training: (any WeightLearner)?, _ ledger: MemoryLedger
  ) {
    (rows, columns) = (weight.rows, weight.columns)
    self.sums = sums
    total = score == .mean ? Buffer(count: weight.count, .basis, ledger) : nil
    self.training = training
  }

  package var keepsWholeInput: Bool { true }

  package func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  package func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    count += 1
    if let total {
      engine.multiply(
        .tn, outputGradient, kept, into: total.matrix(rows: rows, columns: columns), .add)
    } else {
      engine.scratch.scope {
        let gradient = engine.scratch.matrix(rows, columns, of: Float.self)
        engine.multiply(.tn, outputGradient, kept, into: gradient)
        sums.add(gradient, engine)
      }
    }
    training?.accumulate(kept, outputGradient: outputGradient, pass)
  }

  /// Adds to the sums what could not be added before all gradients were there.
  func finish(_ engine: Engine) {
    if let total { sums.add(total.matrix(rows: rows, columns: columns), of: count, engine) }
  }
}
