import Compute
import Support

/// A named weight of a model, by its Hugging Face name.
///
/// A frozen parameter stays where it was read from (the memory-mapped checkpoint); one that trains is a
/// float32 copy of its own. In bfloat16, products read a rounded copy that follows the value.
public final class Parameter {
  /// The tensor's name in `model.safetensors`.
  public let name: String
  /// The tensor's shape in `model.safetensors`.
  public let shape: [Int]
  /// What the parameter belongs to.
  public let part: ModelPart
  /// The value [shape[0], rest], or [1, count] for a vector. Valid as long as the parameter is.
  public private(set) var value: Matrix<Float>
  /// The sum of gradients since it was last cleared; nil when the parameter does not train, or by rows.
  public private(set) var gradient: Matrix<Float>?
  /// The same for a table that trains by the rows that are read.
  public private(set) var rowGradient: RowGradient?

  private var owner: AnyObject?
  private var gradientOwner: Buffer<Float>?
  /// Whether the gradient counts as zero whatever its memory holds.
  private var gradientIsEmpty = true
  private var rounded: Buffer<BFloat16>?
  private var roundedIsCurrent = false

  /// A parameter whose memory belongs to `owner` and must not be written.
  package init(
    _ name: String, shape: [Int], part: ModelPart, mapped: UnsafePointer<Float>, owner: AnyObject
  ) {
    self.name = name
    self.shape = shape
    self.part = part
    let rows = shape.count > 1 ? shape[0] : 1
    value = Matrix(
      UnsafeMutablePointer(mutating: mapped), rows: rows,
      columns: shape.reduce(1, *) / max(1, rows))
    self.owner = owner
  }

  /// A parameter in memory of its own, all zero.
  package convenience init(_ name: String, shape: [Int], part: ModelPart, ledger: MemoryLedger) {
    let buffer = Buffer<Float>(count: shape.reduce(1, *), .weights, ledger)
    self.init(name, shape: shape, part: part, mapped: buffer.data, owner: buffer)
  }

  /// The number of elements.
  public var count: Int { value.count }

  /// Whether the value may be written.
  package var isOwned: Bool { owner is Buffer<Float> }

  /// Gives the parameter memory of its own, so that it can be trained.
  package func own(_ engine: Engine) {
    guard !isOwned else { return }
    let buffer = Buffer<Float>(count: count, .weights, engine.ledger)
    buffer.data.update(from: value.data, count: count)
    value = buffer.matrix(rows: value.rows, columns: value.columns)
    owner = buffer
  }

  /// Gives the parameter a gradient of its own size, zero.
  package func trainDensely(_ engine: Engine) {
    own(engine)
    let buffer = Buffer<Float>(count: count, .gradients, engine.ledger)
    gradientOwner = buffer
    gradient = buffer.matrix(rows: value.rows, columns: value.columns)
  }

  /// Gives a table a gradient that has memory for the rows that are read.
  /// - Throws: `InputError` when the system refuses the address space.
  package func trainRows(_ engine: Engine) throws {
    own(engine)
    rowGradient = try RowGradient(value, engine)
  }

  /// Takes the gradient away again.
  package func freeze() {
    gradient = nil
    gradientOwner = nil
    rowGradient = nil
  }

  /// Calls `body` with the gradient and what to do with what it holds: what is first written in a step
  /// overwrites, which saves clearing.
  package func addGradient(_ body: (Matrix<Float>, Accumulation) -> Void) {
    guard let gradient else { return }
    body(gradient, gradientIsEmpty ? .overwrite : .add)
    gradientIsEmpty = false
  }

  /// Makes the gradient zero: for parameters whose gradients all come through `addGradient` without
  /// touching it.
  package func clearGradient() {
    if gradientIsEmpty { gradientOwner?.zero() }
    gradientIsEmpty = true
  }

  /// To be called after every change of the value.
  package func valueChanged() { roundedIsCurrent = false }

  /// The value as an operand of products.
  package func operand(_ engine: Engine) -> Operand {
    guard engine.precision == .bfloat16 else { return .float32(value) }
    let copy = rounded ?? Buffer<BFloat16>(count: count, .weights, engine.ledger)
    rounded = copy
    let matrix = copy.matrix(rows: value.rows, columns: value.columns)
    if !roundedIsCurrent { engine.round(value, into: matrix) }
    roundedIsCurrent = true
    return .bfloat16(matrix)
  }
}
