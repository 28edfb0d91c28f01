import Compute
import Layers
import Support
import Weights

/// SparseGrad's dense core for the weight of one linear layer: of the rotated gradient G~ = P_out dYᵀ X P_inᵀ some
/// coordinates of one axis, times the whole other axis, train as they are. Nothing is selected.
///
/// With C [output coordinates, input coordinates] for the sum of all changes, the weight is W₀ + P_outᵀ C P_in. Where a
/// file stores W₀ in fewer than four bytes an element, it stays there, and what products read is rounded from that sum
/// after every step: no rounding adds up, and in bfloat16 the weight takes two bytes an element beside the file. A weight
/// in float32 is changed in its place, as reading it at every step would take more memory.
package final class DenseCore: WeightLearner, Trainable {
  private let weight: Parameter
  private let core: RotatedGradient
  private let change: CoreChange
  private let record: ChangeRecord
  private let gradient: Buffer<Float>, first: Buffer<Float>, second: Buffer<Float>
  private var hasGradient = false
  package let isValueDerived: Bool

  init(
    _ weight: Parameter, _ coordinates: WeightCoordinates, zeroThreshold: Float?,
    record: ChangeRecord, _ engine: Engine
  ) {
    self.weight = weight
    self.record = record
    core = RotatedGradient(coordinates: coordinates, zeroThreshold: zeroThreshold)
    change = CoreChange(coordinates, engine)
    let count = coordinates.count
    gradient = Buffer(count: count, .gradients, engine.ledger)
    first = Buffer(count: count, .optimizer, engine.ledger)
    second = Buffer(count: count, .optimizer, engine.ledger)
    isValueDerived = weight.storedMatrix != nil
    if isValueDerived {
      weight.train(by: change, engine)
    } else {
      weight.takeOwnership(engine, for: .products)
    }
  }

  package var name: String { weight.name }
  package var parameter: Parameter { weight }
  package var trainableCount: Int { gradient.count }

  // MARK: Gradient

  package var keepsWholeInput: Bool { core.keepsWholeInput }

  package func keep(_ input: Operand, _ engine: Engine) -> Operand { core.keep(input, engine) }

  package func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      core.add(
        kept, outputGradient, into: gradient.matrix(rows: core.rows, columns: core.columns),
        hasGradient ? .add : .overwrite, engine)
    }
    hasGradient = true
  }

  package func squaredGradientNorm(_ engine: Engine) -> Double {
    if !hasGradient { gradient.zero() }
    hasGradient = true
    return engine.sumOfSquares(gradient.elements)
  }

  // MARK: Step

  package func step(_ step: AdamStep, _ engine: Engine) {
    if !hasGradient { gradient.zero() }
    engine.scratch.scope {
      // As of every SparseGrad, W does not decay.
      let delta = engine.scratch.matrix(core.rows, core.columns, of: Float.self)
      engine.adamDelta(
        step, gradient: gradient.data, first: first.data, second: second.data, delta: delta.data,
        count: delta.count)
      engine.add(delta, to: change.sum)
      if isValueDerived {
        weight.changeWasMade(engine)
      } else {
        weight.add(change.product(delta, engine), engine)
      }
    }
    hasGradient = false
  }

  package func isFinite(_ engine: Engine) -> Bool {
    isValueDerived
      ? engine.sumOfSquares(change.sum.elements).isFinite : weight.isFinite(engine)
  }

  // MARK: State

  private var tensors: [(name: String, elements: UnsafeMutableBufferPointer<Float>)] {
    [
      ("\(name).core", change.sum.elements), ("\(name).first_moment", first.elements),
      ("\(name).second_moment", second.elements),
    ]
  }

  package func state() -> [NamedTensor] {
    var state = tensors.map { name, elements in
      NamedTensor(name, .float32, shape: [core.rows, core.columns]) {
        try $0(UnsafeRawBufferPointer(elements))
      }
    }
    if record == .sum {
      let count = gradient.count
      state.append(
        NamedTensor(AccumulatedChange.indicesName(name), .uint32, shape: [count]) { body in
          try Array(0..<UInt32(count)).withUnsafeBytes { try body($0) }
        })
      let values = change.sum.elements
      state.append(
        NamedTensor(AccumulatedChange.valuesName(name), .float32, shape: [count]) {
          try $0(UnsafeRawBufferPointer(values))
        })
    }
    return state
  }

  package func restore(_ state: Checkpoint, _ engine: Engine) throws {
    for (name, elements) in tensors {
      try state.tensor(name, shape: [core.rows, core.columns]).copy(to: elements)
    }
    if isValueDerived { weight.changeWasMade(engine) }
  }
}

/// C, and the change of a weight that it stands for.
private final class CoreChange: ParameterChange {
  /// C [output coordinates, input coordinates].
  let sum: Matrix<Float>
  private let owner: Buffer<Float>
  private let coordinates: WeightCoordinates
  /// The vectors of the axis that has few coordinates, each a row.
  private let vectors: Matrix<Float>
  private let vectorsOwner: Buffer<Float>?
  /// C with all entries of the other axis, where these are not its coordinates.
  private let wide: Buffer<Float>?
  private let isNarrowOnInput: Bool

  init(_ coordinates: WeightCoordinates, _ engine: Engine) {
    self.coordinates = coordinates
    let (output, input) = (coordinates.output, coordinates.input)
    owner = Buffer(count: coordinates.count, .optimizer, engine.ledger)
    sum = owner.matrix(rows: output.count, columns: input.count)
    isNarrowOnInput = input.count * output.size <= output.count * input.size
    let (narrow, other) = isNarrowOnInput ? (input, output) : (output, input)
    (vectors, vectorsOwner) = narrow.vectors(engine.ledger)
    wide =
      if case .all = other { nil } else {
        Buffer(count: narrow.count * other.size, .optimizer, engine.ledger)
      }
  }

  func current(_ engine: Engine) -> LowRankChange { product(sum, engine) }

  /// P_outᵀ C P_in for a C of these coordinates. It is valid until the next is asked for.
  func product(_ c: Matrix<Float>, _ engine: Engine) -> LowRankChange {
    isNarrowOnInput
      ? LowRankChange(.nn, withAllRows(c, engine), vectors)
      : LowRankChange(.tn, vectors, withAllColumns(c, engine))
  }

  /// P_outᵀ C [out, input coordinates].
  private func withAllRows(_ c: Matrix<Float>, _ engine: Engine) -> Matrix<Float> {
    guard let wide else { return c }
    let result = wide.matrix(rows: coordinates.output.size, columns: c.columns)
    switch coordinates.output {
    case .all: break
    case .rotated(let rotation): engine.multiply(.tn, rotation.vectors, c, into: result)
    case .subset(let indices, _):
      for (place, row) in indices.values.enumerated() {
        _ = result[row: Int(row)].update(from: c[row: place])
      }
    }
    return result
  }

  /// C P_in [output coordinates, in].
  private func withAllColumns(_ c: Matrix<Float>, _ engine: Engine) -> Matrix<Float> {
    guard let wide else { return c }
    let result = wide.matrix(rows: c.rows, columns: coordinates.input.size)
    switch coordinates.input {
    case .all: break
    case .rotated(let rotation): engine.multiply(.nn, c, rotation.vectors, into: result)
    case .subset(let indices, _):
      for r in 0..<c.rows {
        let (from, to) = (c[row: r], result[row: r])
        for (place, column) in indices.values.enumerated() { to[Int(column)] = from[place] }
      }
    }
    return result
  }
}

extension Coordinates {
  /// The coordinates as vectors [count, size], and what owns these if they are new.
  fileprivate func vectors(_ ledger: MemoryLedger) -> (Matrix<Float>, Buffer<Float>?) {
    if case .rotated(let rotation) = self { return (rotation.vectors, nil) }
    let buffer = Buffer<Float>(count: count * size, .basis, ledger)
    let vectors = buffer.matrix(rows: count, columns: size)
    for c in 0..<count {
      if case .subset(let indices, _) = self {
        vectors[row: c][Int(indices.values[c])] = 1
      } else {
        vectors[row: c][c] = 1
      }
    }
    return (vectors, buffer)
  }
}
