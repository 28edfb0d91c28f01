import Layers
import Testing
import Weights

@testable import Compute
@testable import Methods
@testable import Models

/// A linear layer that SparseGrad trains, and the paper's form of it, side by side.
struct Comparison {
  let title: String
  private let engine: Engine
  private let linear: Linear
  private let learner: any WeightLearner & Trainable
  private let accumulation: Int
  private var reference: ThreeLayerForm

  init(
    _ setting: SparseGradTests.Setting, _ support: SparseGradSettings.Selection,
    by score: SparseGradSettings.GradientScore = .squares, layer: Int, accumulation: Int,
    _ precision: Precision = .float32
  ) throws {
    title = "\(setting), \(support), layer \(layer), accumulation \(accumulation)"
    engine = try Engine(precision: precision, threads: 2)
    var make = LayerFactory(engine)
    linear = make.linear("layer", setting.outputSize, setting.inputSize)
    self.accumulation = accumulation

    let output = NaiveAxis(
      setting.outputSize, rotated: setting.rotatesOutput, candidates: setting.outputCandidates,
      seed: 1)
    let input = NaiveAxis(
      setting.inputSize, rotated: setting.rotatesInput, candidates: setting.inputCandidates,
      seed: 2)
    var settings = SparseGradSettings.paper
    settings.density =
      support == .core
      ? .share(setting.outputCandidates * setting.inputCandidates) : .count(15)
    settings.selection = support
    settings.supportScore = score
    // The layer is an output layer: its output is the hidden axis.
    settings.hiddenCandidates = setting.outputCandidates
    settings.intermediateCandidates = setting.inputCandidates
    let basis = Basis(
      axes: .both, sharing: .shared, samples: 1, fingerprint: Fingerprint(hexadecimal: "0"),
      groups: [.init(kind: .output, block: nil): (output.axis(engine), input.axis(engine))])
    let coordinates = try #require(
      basis.coordinates(LinearRole(.output, block: 3), settings, engine.ledger))
    learner =
      support == .core
      ? DenseCore(linear.weight, coordinates, zeroThreshold: nil, record: .none, engine)
      : try SparseGrad(
        linear.weight, coordinates, settings, schedule: SupportSchedule(support, layer: layer),
        sample: SampledSupport(support, seed: 42, layer: layer), accumulation: accumulation,
        pool: BufferPool(.optimizer, engine.ledger), engine)
    linear.learner = learner

    // Which elements chance has chosen is no arithmetic of the layer's.
    var fixed = [UInt32](repeating: 0, count: support == .random ? 15 : 0)
    fixed.withUnsafeMutableBufferPointer {
      SampledSupport(support, seed: 42, layer: layer)?.choose($0, below: coordinates.count)
    }
    if support == .core { fixed = Array(0..<UInt32(coordinates.count)) }
    var offset = 0
    if case .periodic(_, let observation) = support { offset = layer * observation }
    reference = ThreeLayerForm(
      weight: linear.weight.withValue(engine) { DoubleMatrix($0) }, outputBasis: output.basis,
      inputBasis: input.basis, outputs: output.candidates, inputs: input.candidates, count: 15,
      support: support, score: score, fixed: fixed.map(Int.init), offset: offset)
  }

  /// One optimiser step of both.
  /// - Returns: the largest difference in each result.
  mutating func step(_ number: Int) throws -> [String: Double] {
    let rows = 14
    let x = matrix(rows, linear.inputSize, seed: UInt64(number))
    let dy = matrix(rows, linear.outputSize, seed: UInt64(number) + 500)
    let y = matrix(rows, linear.outputSize, seed: 0), dx = matrix(rows, linear.inputSize, seed: 0)
    linear.bias?.gradient?.elements.update(repeating: 0)
    let pass = Pass(engine, .training(dropout: nil))
    for part in 0..<accumulation {
      let range = rows * part / accumulation..<rows * (part + 1) / accumulation
      let input = engine.operand(x.rows(range), in: engine.activations)
      let kept = linear.forward(input, into: y.rows(range), pass)
      let gradient = engine.operand(dy.rows(range), in: engine.activations)
      linear.backward(gradient, kept: kept, into: dx.rows(range), pass)
    }
    let (exactX, exactDy) = (DoubleMatrix(x), DoubleMatrix(dy))
    var errors = [
      "output": reference.forward(exactX).distance(to: y),
      "input gradient": reference.inputGradient(exactDy).distance(to: dx),
    ]
    // The bias' gradient is the sum of the unrotated dY.
    let ones = DoubleMatrix(1, rows, [Double](repeating: 1, count: rows))
    errors["bias gradient"] = (ones * exactDy).distance(to: try #require(linear.bias?.gradient))

    let adam = AdamStep(
      learningRate: 0.01, number: number, gradientScale: number == 2 ? 0.5 : 1)
    let norm = learner.squaredGradientNorm(engine)
    learner.step(adam, engine)
    let expected = reference.step(adam, gradient: reference.gradient(exactX, exactDy))
    errors["relative norm"] = abs(norm / expected - 1)
    errors["weight"] = linear.weight.withValue(engine) { reference.plainWeight.distance(to: $0) }
    return errors
  }

  private func matrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix<Float> {
    let matrix = engine.activations.matrix(rows, columns, of: Float.self)
    _ = matrix.elements.update(from: normals(rows * columns, seed: seed))
    return matrix
  }
}

/// One axis of a weight: its basis as a whole orthogonal matrix, and the candidates in it.
struct NaiveAxis {
  let basis: DoubleMatrix
  let candidates: [Int]
  private let energy: [Float]
  private let rotated: Bool

  init(_ size: Int, rotated: Bool, candidates share: Double, seed: UInt64) {
    self.rotated = rotated
    let count = max(1, Int((Double(size) * share).rounded()))
    basis = rotated ? .orthogonal(size, seed: seed) : .identity(size)
    let random = normals(size, seed: seed + 7).map(abs)
    let energy = rotated ? random.sorted(by: >) : random
    candidates = (0..<size).sorted { energy[$0] > energy[$1] }.prefix(count).sorted()
    self.energy = energy
  }

  func axis(_ engine: Engine) -> Basis.Axis {
    guard rotated else { return Basis.Axis(energy: energy, vectors: nil) }
    let vectors = Buffer<Float>(count: basis.values.count, .basis, engine.ledger)
    _ = vectors.elements.update(from: basis.values.map(Float.init))
    return Basis.Axis(energy: energy, vectors: vectors)
  }
}
