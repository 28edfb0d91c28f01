import Compute
import Layers
import Methods
import Support
import Weights

/// What an adapter does to one parameter.
enum WeightChange {
  /// All elements have new values.
  case values(TensorView)
  /// Some elements have new values.
  case elements(SparseTensor)
  /// W += scaling · B A.
  case lowRank(down: TensorView, up: TensorView, scaling: Float)
  /// W += P_outᵀ Δ P_in.
  case sparse(SparseTensor, output: StoredAxis, input: StoredAxis)

  /// Whether a change is made or taken back.
  enum Direction: Float {
    case apply = 1, remove = -1
  }

  /// Whether subtracting takes it back; other changes forget what was there.
  var isAdded: Bool {
    switch self {
    case .values, .elements: false
    case .lowRank, .sparse: true
    }
  }

  /// Whether it is LoRA's.
  var isLowRank: Bool {
    if case .lowRank = self { true } else { false }
  }

  /// The tensor to name when the change as a whole is at fault.
  private var numbers: TensorView {
    switch self {
    case .values(let tensor): tensor
    case .elements(let sparse), .sparse(let sparse, _, _): sparse.values
    case .lowRank(_, let up, _): up
    }
  }

  /// Changes a parameter.
  /// - Throws: `InputError` naming the tensor that does not fit, or whose numbers are not finite.
  func change(_ parameter: Parameter, _ direction: Direction, _ loader: AxisLoader) throws {
    try check(parameter)
    let engine = loader.engine
    parameter.takeOwnership(engine)
    let weight = parameter.value
    switch self {
    case .values(let tensor): try tensor.copyFinite(to: weight.elements)
    case .elements(let elements):
      for (index, value) in try elements.read(below: parameter.count) {
        weight.elements[Int(index)] = value
      }
    case .lowRank(let down, let up, let scaling):
      let (a, b) = (try Self.matrix(down, engine), try Self.matrix(up, engine))
      LowRankProduct(
        up: b.matrix(rows: weight.rows, columns: up.info.shape[1]),
        down: a.matrix(rows: down.info.shape[0], columns: weight.columns),
        scaling: scaling * direction.rawValue
      ).add(to: weight, engine)
    case .sparse(let sparse, let output, let input):
      let coordinates = WeightCoordinates(
        output: try loader.load(output, size: weight.rows),
        input: try loader.load(input, size: weight.columns))
      let entries = try sparse.read(below: coordinates.count)
      let (indices, values) = (entries.map(\.0), entries.map { $0.1 * direction.rawValue })
      indices.withUnsafeBufferPointer { indices in
        values.withUnsafeBufferPointer { values in
          guard let i = indices.baseAddress, let v = values.baseAddress else { return }
          coordinates.apply(
            SparseChange(indices: i, values: v, count: entries.count),
            to: parameter.storage, engine)
        }
      }
    }
    parameter.valueChanged()
    // Products and sums of finite numbers need not be.
    guard !isAdded || parameter.isFinite(engine) else {
      throw numbers.error("its sum with \(parameter.name) is not finite")
    }
  }

  private func check(_ parameter: Parameter) throws {
    func expect(_ tensor: TensorView, _ shape: [Int]) throws {
      guard tensor.info.shape == shape else {
        throw tensor.error("has shape \(tensor.info.shape), expected \(shape)")
      }
    }
    switch self {
    case .values(let tensor): try expect(tensor, parameter.shape)
    case .elements: break
    case .lowRank(let down, let up, _):
      let rank = down.info.shape.first ?? 0
      try expect(down, [rank, parameter.columns])
      try expect(up, [parameter.rows, rank])
    case .sparse(let sparse, _, _):
      guard parameter.shape.count == 2 else {
        throw sparse.indices.error("changes \(parameter.name), which is no matrix")
      }
    }
  }

  private static func matrix(_ tensor: TensorView, _ engine: Engine) throws -> Buffer<Float> {
    let buffer = Buffer<Float>(count: tensor.info.count, .temporary, engine.ledger)
    try tensor.copyFinite(to: buffer.elements)
    return buffer
  }
}

/// Elements of a tensor: their flat indices, ascending (U32 [k]), and a number for each (F32 [k]).
struct SparseTensor {
  let indices: TensorView
  let values: TensorView

  var count: Int { indices.info.count }

  /// - Throws: `InputError` when the two do not belong together, an index is not below `bound`, or a number is
  ///   not finite.
  func read(below bound: Int) throws -> [(UInt32, Float)] {
    guard values.info.shape == [count] else {
      throw values.error("has shape \(values.info.shape), expected [\(count)]")
    }
    let list = try [UInt32](unsafeUninitializedCapacity: count) { buffer, used in
      try indices.copyIndices(
        to: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), below: bound)
      used = count
    }
    return Array(zip(list, try values.finiteFloats()))
  }
}

/// The coordinates of one axis of a weight, as an adapter's file has them.
enum StoredAxis {
  /// The axis as it is.
  case all
  /// Some entries of it: U32 [count].
  case entries(TensorView)
  /// Vectors of a basis: F32 [count, size].
  case vectors(TensorView)
}

/// Reads coordinates; layers that share them share their memory.
final class AxisLoader {
  let engine: Engine
  private var loaded: [String: Coordinates] = [:]

  init(_ engine: Engine) { self.engine = engine }

  /// - Parameter size: the number of the axis' entries.
  /// - Throws: `InputError` naming the tensor that does not fit.
  func load(_ axis: StoredAxis, size: Int) throws -> Coordinates {
    switch axis {
    case .all: return .all(size: size)
    case .entries(let tensor):
      var entries = [UInt32](repeating: 0, count: tensor.info.count)
      try entries.withUnsafeMutableBufferPointer { try tensor.copyIndices(to: $0, below: size) }
      return .subset(Coordinates.Indices(entries.map(Int32.init)), size: size)
    case .vectors(let tensor):
      let key = tensor.url.path + "\n" + tensor.info.name
      if let known = loaded[key], known.size == size { return known }
      guard let count = tensor.info.shape.first, tensor.info.shape == [count, size] else {
        throw tensor.error("has shape \(tensor.info.shape), expected vectors of \(size)")
      }
      let buffer = Buffer<Float>(count: count * size, .basis, engine.ledger)
      try tensor.copyFinite(to: buffer.elements)
      let coordinates = Coordinates.rotated(
        Rotation(buffer, rows: count, columns: size, engine.ledger))
      loaded[key] = coordinates
      return coordinates
    }
  }
}
