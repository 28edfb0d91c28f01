import Compute
import Support

/// A named weight of a model, by its Hugging Face name.
///
/// A frozen parameter stays where it was read from (the memory-mapped checkpoint), and in bfloat16 products
/// read a rounded copy; one that trains has memory of its own (see `WeightStorage`).
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
  /// The same for a table that trains by the rows that are read.
  public private(set) var rowGradient: RowGradient?

  /// Where the value is. Valid as long as the parameter is.
  package private(set) var storage: WeightStorage
  private var owners: [AnyObject]
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

  /// A parameter in memory of its own, all zero.
  package convenience init(_ name: String, shape: [Int], part: ModelPart, ledger: MemoryLedger) {
    let buffer = Buffer<Float>(count: shape.reduce(1, *), .weights, ledger)
    self.init(name, shape: shape, part: part, mapped: buffer.data, owner: buffer)
    isOwned = true
  }

  /// The number of elements.
  public var count: Int { rows * columns }

  /// The value of a parameter that is not held in halves: of all but linear layers' weights that train.
  public var value: Matrix<Float> {
    guard case .whole(let value) = storage else {
      preconditionFailure("\(name) is held in halves")
    }
    return value
  }

  /// Calls `body` with the value, however it is held.
  package func withValue<R>(_ engine: Engine, _ body: (Matrix<Float>) throws -> R) rethrows -> R {
    if case .whole(let value) = storage { return try body(value) }
    return try engine.scratch.scope {
      let value = engine.scratch.matrix(rows, columns, of: Float.self)
      engine.join(storage, into: value)
      return try body(value)
    }
  }

  /// Calls `body`, which has to write the value, with room for it.
  package func setValue(_ engine: Engine, _ body: (Matrix<Float>) throws -> Void) rethrows {
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
    guard case .whole(let value) = storage else { return }
    if reader == .products, engine.precision == .bfloat16 {
      let upper = Buffer<BFloat16>(count: count, .weights, engine.ledger)
      let lower = Buffer<Int16>(count: count, .weights, engine.ledger)
      storage = .halves(
        upper: upper.matrix(rows: rows, columns: columns),
        lower: lower.matrix(rows: rows, columns: columns))
      engine.split(value, into: storage)
      (owners, rounded) = ([upper, lower], nil)
    } else if !isOwned {
      let buffer = Buffer<Float>(count: count, .weights, engine.ledger)
      buffer.data.update(from: value.data, count: count)
      storage = .whole(buffer.matrix(rows: rows, columns: columns))
      owners = [buffer]
    }
    isOwned = true
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

  /// The value as an operand of products.
  package func operand(_ engine: Engine) -> Operand {
    if case .halves(let upper, _) = storage { return .bfloat16(upper) }
    guard engine.precision == .bfloat16 else { return .float32(value) }
    let copy = rounded ?? Buffer<BFloat16>(count: count, .weights, engine.ledger)
    rounded = copy
    let matrix = copy.matrix(rows: rows, columns: columns)
    if !roundedIsCurrent { engine.round(weight: value, into: matrix) }
    roundedIsCurrent = true
    return .bfloat16(matrix)
  }
}
