import Compute
import Layers
import Methods

/// Gathers what batch after batch shows of one layer.
final class LayerObservation {
  /// Energy is measured on this many batches at most, as all elements have to be sorted.
  private static let mostSorted = 3

  private(set) var layer: InspectedLayer
  /// Vectors as rows, of the layer's own basis and of that of all layers of its kind.
  private let own: AxisPair, shared: AxisPair
  private let hiddenIsOutput: Bool
  /// The largest elements of the batch before.
  private var supports: [GradientSpace: [UInt32]] = [:]
  private var energy: [GradientSpace: [Double]] = [:]
  private var batches = 0

  init(
    _ role: LinearRole, own: AxisPair, shared: AxisPair, spectra: (output: [Float], input: [Float])
  ) {
    layer = InspectedLayer(role)
    layer.spectra = spectra
    (self.own, self.shared) = (own, shared)
    hiddenIsOutput = role.kind.outputAxis == .hidden
  }

  /// - Parameter padded: where the rows would be if the batch were padded to its longest sequence.
  func observe(_ gradient: Matrix<Float>, _ dy: Operand, padded: PaddedRows, _ engine: Engine) {
    batches += 1
    observe(dy, padded: padded, engine)
    for space in GradientSpace.allCases {
      engine.scratch.scope {
        let seen = rotate(gradient, to: space, engine)
        if batches == 1, space == .original { layer.gradient = MagnitudeGrid(seen) }
        if batches == 1, space == .perBlock { layer.rotatedGradient = MagnitudeGrid(seen) }
        if batches <= Self.mostSorted {
          let shares = Self.energyShares(seen)
          energy[space] = zip(energy[space] ?? shares.map { _ in 0 }, shares).map { $0 + $1 }
        }
        lookAtLargest(seen, in: space, engine)
      }
    }
  }

  /// What was seen, with means over batches.
  func finish() -> InspectedLayer {
    let count = Double(max(1, min(batches, Self.mostSorted)))
    layer.energy = energy.mapValues { $0.map { $0 / count } }
    return layer
  }

  private func observe(_ dy: Operand, padded: PaddedRows, _ engine: Engine) {
    engine.scratch.scope {
      let wide = Self.widened(dy, engine)
      if batches == 1 {
        layer.outputGradient = MagnitudeGrid(wide)
        layer.paddedOutputGradient = padded.places(of: wide.rows).map { places in
          MagnitudeGrid(wide, rows: padded.count) { places[$0] }
        }
      }
      let nonZero = (0..<wide.rows).reduce(0) { count, row in
        count + wide[row: row].count { $0 != 0 }
      }
      let columns = Double(wide.columns)
      layer.nonZero.append(
        (
          Double(nonZero) / (Double(wide.rows) * columns),
          Double(nonZero) / (Double(max(padded.count, wide.rows)) * columns)
        ))
    }
  }

  private static func widened(_ dy: Operand, _ engine: Engine) -> Matrix<Float> {
    switch dy {
    case .float32(let matrix): return matrix
    case .bfloat16(let matrix):
      let wide = engine.scratch.matrix(dy.rows, dy.columns, of: Float.self)
      for row in 0..<dy.rows {
        let (narrow, values) = (matrix[row: row], wide[row: row])
        for column in 0..<dy.columns { values[column] = narrow[column].float }
      }
      return wide
    }
  }

  private func rotate(_ gradient: Matrix<Float>, to space: GradientSpace, _ engine: Engine)
    -> Matrix<Float>
  {
    let pair = space == .shared ? shared : own
    let (output, input) =
      switch space {
      case .original: (false, false)
      case .hidden: (hiddenIsOutput, !hiddenIsOutput)
      case .intermediate: (!hiddenIsOutput, hiddenIsOutput)
      case .shared, .perBlock: (true, true)
      }
    var seen = gradient
    if output {
      let rotated = engine.scratch.matrix(gradient.rows, gradient.columns, of: Float.self)
      engine.multiply(.nn, pair.output, seen, into: rotated)
      seen = rotated
    }
    if input {
      let rotated = engine.scratch.matrix(gradient.rows, gradient.columns, of: Float.self)
      engine.multiply(.nt, seen, pair.input, into: rotated)
      seen = rotated
    }
    return seen
  }

  /// What the largest elements hold, and how many of them were so one batch before.
  private func lookAtLargest(_ gradient: Matrix<Float>, in space: GradientSpace, _ engine: Engine) {
    let count = Density.share(0.01).count(of: gradient.count)
    var support = [UInt32](repeating: 0, count: count)
    support.withUnsafeMutableBufferPointer { support in
      if let start = support.baseAddress {
        engine.largestMagnitudes(gradient.elements, count: count, into: start)
      }
    }
    let held = support.reduce(0.0) { sum, place in
      let element = Double(gradient.elements[Int(place)])
      return sum + element * element
    }
    let total = engine.sumOfSquares(gradient.elements)
    layer.concentration[space, default: []].append(total > 0 ? min(1, held / total) : 0)
    if let before = supports[space] {
      let both = Set(before).intersection(support).count
      layer.overlaps[space, default: []].append(Double(both) / Double(count))
    }
    supports[space] = support
  }

  /// What share of the sum of squares the largest elements hold, for every density.
  static func energyShares(_ matrix: Matrix<Float>) -> [Double] {
    let squares = matrix.elements.map { $0 * $0 }.sorted(by: >)
    let total = squares.reduce(0.0) { $0 + Double($1) }
    var (sum, taken) = (0.0, 0)
    return InspectedLayer.densities.map { density in
      let count = Density.share(density).count(of: squares.count)
      while taken < count {
        sum += Double(squares[taken])
        taken += 1
      }
      return total > 0 ? sum / total : 0
    }
  }
}

/// The vectors of both axes of a weight, as rows.
struct AxisPair {
  let output: Matrix<Float>, input: Matrix<Float>
}
