import Compute
import Support

/// A named weight of a model, by its Hugging Face name.
///
/// A frozen parameter stays where it was read from (the memory-mapped checkpoint), as it is stored there. In bfloat16
/// products read a rounded copy of one that is float32; of others they read tiles that are decoded on the way. One that
/// trains has memory of its own (see `WeightStorage`), unless a small change of it trains (`train(by:)`).
public final class Parameter {
  /// The tensor's name in `model.safetensors`.
  public let name: String
  /// The tensor's shape in `model.safetensors`.
  public let shape: [Int]
  /// What the parameter belongs to.
  public let part: ModelPart
  /// The value is [rows, columns]: [shape[0], the rest], or [1, count] for a vector.
  public let rows: Int
  /// See `rows`.
  public let columns: Int
  /// The sum of gradients since it was last cleared; nil when the parameter does not train, trains by rows, or has
  /// a rounded gradient.
  public var gradient: Matrix<Float>? {
    if case .float32(let gradient) = anyGradient { gradient } else { nil }
  }
  /// The same, in whatever precision it is held.
  package var anyGradient: Operand? {
    let gradient = gradientMemory?.operand(rows, columns, .apart)
    if gradientState == .zero {
      gradient?.zero()
      gradientState = .written
    }
    return gradient
  }
  /// Whether there is a gradient of the parameter's own size.
  package var isTrainedDensely: Bool { gradientMemory != nil }
  /// The same for a table that trains by the rows that are read.
  package private(set) var rowGradient: RowGradient?

  /// Where the value is. Valid as long as the parameter is.
  package private(set) var storage: WeightStorage
  private var owners: [AnyObject]
  /// What is added to the value that is stored, if something is.
  private var changed: ChangedValue?
  private var isOwned = false
  private var gradientMemory: GradientMemory?
  private var gradientState = GradientState.written

  /// What the memory of the gradient holds.
  private enum GradientState {
    /// The gradient.
    case written
    /// That of an earlier step: the gradient is zero.
    case zero
  }
  /// What products read of a value that is whole.
  private var rounded: Buffer<BFloat16>?
  private var roundedIsCurrent = false

  /// What reads a parameter that trains.
  package enum Reader {
    /// Loops.
    case loops
    /// Products, as their right operand.
    case products
  }

  /// A parameter whose memory belongs to `owner` and must not be written.
  package init(
    _ name: String, shape: [Int], part: ModelPart, mapped: UnsafePointer<Float>, owner: AnyObject
  ) {
    self.name = name
    self.shape = shape
    self.part = part
    rows = shape.count > 1 ? shape[0] : 1
    columns = shape.reduce(1, *) / max(1, rows)
    storage = .whole(
      Matrix(UnsafeMutablePointer(mutating: mapped), rows: rows, columns: columns))
    owners = [owner]
  }

  /// A matrix that stays as `owner`'s file has it until it trains.
  package init(
    _ name: String, part: ModelPart, stored: StoredMatrix, owner: AnyObject
  ) {
    self.name = name
    shape = [stored.rows, stored.columns]
    self.part = part
    (rows, columns) = (stored.rows, stored.columns)
    storage = .stored(stored)
    owners = [owner]
  }

  /// A parameter in memory of its own, all zero.
  package convenience init(_ name: String, shape: [Int], part: ModelPart, ledger: MemoryLedger) {
    let buffer = Buffer<Float>(count: shape.reduce(1, *), .weights, ledger)
    self.init(name, shape: shape, part: part, mapped: buffer.data, owner: buffer)
    isOwned = true
  }

  /// The number of elements.
  public var count: Int { rows * columns }

  /// The value of a parameter that is held as such: of vectors, and of matrices of float32 checkpoints, but for linear
  /// layers' weights that train.
  public var value: Matrix<Float> {
    guard case .whole(let value) = storage, changed == nil else {
      preconditionFailure("\(name) is not held as float32")
    }
    return value
  }

  /// Calls `body` with the value, however it is held.
  package func withValue<R>(_ engine: Engine, _ body: (Matrix<Float>) throws -> R) rethrows -> R {
    if case .whole(let value) = storage, changed == nil { return try body(value) }
    return try engine.scratch.scope {
      let value = engine.scratch.matrix(rows, columns, of: Float.self)
      read(into: value, engine)
      return try body(value)
    }
  }

  private func read(into value: Matrix<Float>, _ engine: Engine) {
    if let changed {
      return engine.add(changed.change.current(engine), to: storage, into: .float32(value))
    }
    switch storage {
    case .whole(let whole): value.data.update(from: whole.data, count: count)
    case .halves: engine.join(storage, into: value)
    case .stored(let matrix): engine.decode(matrix, rows: 0..<rows, into: value)
    }
  }

  /// y[r] = row indices[r] of the value.
  package func readRows(_ indices: [Int32], into y: Matrix<Float>, _ engine: Engine) {
    precondition(changed == nil, "\(name) is no table")
    if case .whole(let value) = storage {
      engine.gatherRows(value, indices, into: y)
      return
    }
    for (r, row) in indices.enumerated() {
      let place = y.rows(r..<r + 1)
      switch storage {
      case .whole: break
      case .halves(let upper, let lower):
        let row = Int(row)..<Int(row) + 1
        engine.join(.halves(upper: upper.rows(row), lower: lower.rows(row)), into: place)
      case .stored(let matrix):
        engine.decode(matrix, rows: Int(row)..<Int(row) + 1, into: place)
      }
    }
  }

  /// Calls `body`, which has to write the value, with room for it.
  package func setValue(_ engine: Engine, _ body: (Matrix<Float>) throws -> Void) rethrows {
    if case .stored = storage { takeOwnership(engine) }
    if changed != nil { takeOwnership(engine) }
    if case .whole(let value) = storage {
      try body(value)
    } else {
      try engine.scratch.scope {
        let value = engine.scratch.matrix(rows, columns, of: Float.self)
        try body(value)
        engine.split(value, into: storage)
      }
    }
    valueChanged()
  }

  /// Whether the value holds neither NaN nor infinity.
  package func isFinite(_ engine: Engine) -> Bool {
    withValue(engine) { engine.sumOfSquares($0.elements).isFinite }
  }

  /// Gives the parameter memory of its own, so that it can be trained.
  package func takeOwnership(_ engine: Engine, for reader: Reader = .loops) {
    if changed != nil { includeChange(engine) }
    if case .halves = storage { return }
    if reader == .products, engine.precision == .bfloat16 {
      let upper = Buffer<BFloat16>(count: count, .weights, engine.ledger)
      let lower = Buffer<Int16>(count: count, .weights, engine.ledger)
      let halves = WeightStorage.halves(
        upper: upper.matrix(rows: rows, columns: columns),
        lower: lower.matrix(rows: rows, columns: columns))
      withValue(engine) { engine.split($0, into: halves) }
      storage = halves
      (owners, rounded) = ([upper, lower], nil)
    } else if !isOwned {
      let buffer = Buffer<Float>(count: count, .weights, engine.ledger)
      read(into: buffer.matrix(rows: rows, columns: columns), engine)
      storage = .whole(buffer.matrix(rows: rows, columns: columns))
      owners = [buffer]
    }
    isOwned = true
  }

  /// Makes the sum of a change and of the file's matrix, which stays where it is, the value from now on.
  package func train(by change: any ParameterChange, _ engine: Engine) {
    precondition(storedMatrix != nil, "\(name) is not as a file has it")
    changed = ChangedValue(change, rows, columns, engine)
    rounded = nil
    changeWasMade(engine)
  }

  /// Adds to a value that is no file's.
  package func add(_ change: LowRankChange, _ engine: Engine) {
    precondition(changed == nil)
    engine.add(change, to: storage)
    valueChanged()
  }

  /// To be called when the change is another.
  package func changeWasMade(_ engine: Engine) {
    guard let changed else { return }
    engine.scratch.scope {
      engine.add(changed.change.current(engine), to: storage, into: changed.sum)
    }
  }

  /// Takes the value into memory of its own.
  private func includeChange(_ engine: Engine) {
    let buffer = Buffer<Float>(count: count, .weights, engine.ledger)
    let value = buffer.matrix(rows: rows, columns: columns)
    engine.scratch.scope { read(into: value, engine) }
    (storage, owners, isOwned) = (.whole(value), [buffer], true)
    (changed, rounded) = (nil, nil)
  }

  /// The matrix of the file, if that is still the value.
  package var storedMatrix: StoredMatrix? {
    if case .stored(let matrix) = storage, changed == nil { matrix } else { nil }
  }

  /// What adds to a gradient.
  package enum GradientSource {
    /// Anything, and several backward passes: it has float32 memory of its own.
    case any
    /// One product of one backward pass: it has memory until it is forgotten, in the precision of products.
    case product
  }

  /// Gives the parameter a gradient of its own size, zero.
  package func trainDensely(
    _ engine: Engine, for reader: Reader = .loops, gradient source: GradientSource = .any
  ) {
    takeOwnership(engine, for: reader)
    switch source {
    case .any:
      gradientMemory = .own(Buffer(count: count, .gradients, engine.ledger))
      gradientState = .written
    case .product:
      gradientMemory = .untilStep(StepGradient(count, engine))
      gradientState = .zero
    }
  }

  /// Gives a table a gradient that has memory for the rows that are read.
  /// - Throws: `InputError` when the system refuses the address space.
  @discardableResult
  package func trainRows(_ engine: Engine) throws -> RowGradient {
    takeOwnership(engine)
    let gradient = try RowGradient(value, engine)
    rowGradient = gradient
    return gradient
  }

  /// Takes the gradient away again.
  package func freeze() {
    gradientMemory = nil
    rowGradient = nil
  }

  /// Calls `body` with the gradient and what to do with what it holds: after `zeroGradient` it is
  /// overwritten, which saves clearing it.
  package func addGradient(_ pass: Pass, _ body: (Operand, Accumulation) -> Void) {
    guard let gradient = gradientMemory?.operand(rows, columns, pass.gradients) else { return }
    body(gradient, gradientState == .zero ? .overwrite : .add)
    gradientState = .written
  }

  /// Makes the gradient zero, without touching its memory yet.
  package func zeroGradient() {
    gradientState = .zero
    gradientMemory?.release()
  }

  /// To be called after every change of the value.
  package func valueChanged() { roundedIsCurrent = false }

  /// What products read of the value.
  package enum ProductValue {
    case operand(Operand)
    /// A matrix that is decoded on the way.
    case stored(StoredMatrix)
  }

  /// The value as products read it.
  package func productValue(_ engine: Engine) -> ProductValue {
    if let changed { return .operand(changed.sum) }
    switch storage {
    case .whole(let value): return .operand(operand(value, engine))
    case .halves(let upper, _): return .operand(.bfloat16(upper))
    case .stored(let matrix):
      let asIs = engine.precision == .bfloat16 ? matrix.asBFloat16 : nil
      return asIs.map { .operand(.bfloat16($0)) } ?? .stored(matrix)
    }
  }

  /// The value as an operand of products, where it is not one of a file's that has to be decoded.
  package func operand(_ engine: Engine) -> Operand {
    guard case .operand(let operand) = productValue(engine) else {
      preconditionFailure("\(name) is no operand")
    }
    return operand
  }

  private func operand(_ value: Matrix<Float>, _ engine: Engine) -> Operand {
    guard engine.precision == .bfloat16 else { return .float32(value) }
    let copy = rounded ?? Buffer<BFloat16>(count: count, .weights, engine.ledger)
    rounded = copy
    let matrix = copy.matrix(rows: rows, columns: columns)
    if !roundedIsCurrent { engine.round(weight: value, into: matrix) }
    roundedIsCurrent = true
    return .bfloat16(matrix)
  }
}
