import COneDNN
import Support

/// One of oneDNN's opaque objects.
private typealias Handle = OpaquePointer?

/// oneDNN's matrix products. Sizes and strides are given at execution, so one primitive serves every shape
/// and no batch, however ragged, creates a new one.
final class OneDNNProducts: ProductProvider {
  private struct Kind: Hashable {
    let form: ProductForm
    let type: StoredType
    let result: StoredType
    let accumulation: Accumulation
  }

  private let api: onednn_api
  private let engine: Handle
  private let stream: Handle
  private var primitives: [Kind: Handle] = [:]

  func tiles(_ form: ProductForm) -> TileGrid.Size { .oneDNN }

  /// - Parameter types: the types of operands; a product of bfloat16 may have either as its result.
  /// - Throws: `InputError` when oneDNN cannot be opened or cannot multiply these on this processor.
  init(types: [StoredType]) throws {
    api = try Libraries.openOneDNN()
    var engine: Handle, stream: Handle
    (engine, stream) = (nil, nil)
    guard api.engine_create(&engine, Int32(ONEDNN_CPU), 0) == 0,
      api.stream_create(&stream, engine, UInt32(ONEDNN_STREAM_IN_ORDER)) == 0
    else { throw InputError("oneDNN", "cannot use this CPU") }
    (self.engine, self.stream) = (engine, stream)
    for type in types {
      for result in type == .float32 ? [.float32] : StoredType.allCases {
        for form in ProductForm.allCases {
          for accumulation in [Accumulation.overwrite, .add] {
            let kind = Kind(form: form, type: type, result: result, accumulation: accumulation)
            primitives[kind] = try create(kind)
          }
        }
      }
    }
  }

  deinit {
    for primitive in primitives.values { _ = api.primitive_destroy(primitive) }
    _ = api.stream_destroy(stream)
    _ = api.engine_destroy(engine)
  }

  private func create(_ kind: Kind) throws -> Handle {
    let any = Int64.min  // ONEDNN_RUNTIME_DIM
    let transposed: [Int64] = [1, any]
    let plain: [Int64] = [any, 1]
    var a: Handle, b: Handle, c: Handle, attributes: Handle
    var operations: Handle, description: Handle, primitive: Handle
    (a, b, c, attributes, operations, description, primitive) = (nil, nil, nil, nil, nil, nil, nil)
    defer {
      for desc in [a, b, c] { _ = api.memory_desc_destroy(desc) }
      _ = api.post_ops_destroy(operations)
      _ = api.primitive_attr_destroy(attributes)
      _ = api.primitive_desc_destroy(description)
    }
    let sizes = [any, any]
    let make = api.memory_desc_create_with_strides
    guard
      make(&a, 2, sizes, kind.type.oneDNN, kind.form == .tn ? transposed : plain) == 0,
      make(&b, 2, sizes, kind.type.oneDNN, kind.form == .nt ? transposed : plain) == 0,
      make(&c, 2, sizes, kind.result.oneDNN, plain) == 0,
      api.primitive_attr_create(&attributes) == 0, api.post_ops_create(&operations) == 0,
      kind.accumulation == .overwrite || api.post_ops_append_sum(operations, 1, 0, 0) == 0,
      api.primitive_attr_set_post_ops(attributes, operations) == 0,
      api.matmul_primitive_desc_create(&description, engine, a, b, nil, c, attributes) == 0,
      api.primitive_create(&primitive, description) == 0
    else {
      throw InputError("oneDNN", "has no matrix product in \(kind.type) for this CPU")
    }
    return primitive
  }

  func multiply(_ product: TileProduct, worker: Int) {
    let (m, n, k) = (product.m, product.n, product.k)
    let kind = Kind(
      form: product.form, type: product.a.type, result: product.c.type,
      accumulation: product.accumulation)
    let primitive = primitives[kind].flatMap { $0 }
    let left = memory(m, k, transposed: product.form == .tn, product.a)
    let right = memory(k, n, transposed: product.form == .nt, product.b)
    let result = memory(m, n, transposed: false, product.c)
    defer { for object in [left, right, result] { _ = api.memory_destroy(object) } }
    let arguments = [
      onednn_argument(argument: Int32(ONEDNN_ARG_SRC), memory: left),
      onednn_argument(argument: Int32(ONEDNN_ARG_WEIGHTS), memory: right),
      onednn_argument(argument: Int32(ONEDNN_ARG_DST), memory: result),
    ]
    let status = api.primitive_execute(primitive, stream, 3, arguments)
    // Kernels are made when a shape first comes up; for want of addresses that fails as one of several errors.
    if status != 0 { outOfMemory(product: "[\(m), \(k)] by [\(k), \(n)]", status: status) }
  }

  private func memory(_ rows: Int, _ columns: Int, transposed: Bool, _ tile: StoredTile) -> Handle {
    var description: Handle, object: Handle
    (description, object) = (nil, nil)
    let strides = transposed ? [1, Int64(tile.stride)] : [Int64(tile.stride), 1]
    _ = api.memory_desc_create_with_strides(
      &description, 2, [Int64(rows), Int64(columns)], tile.type.oneDNN, strides)
    _ = api.memory_create(&object, description, engine, tile.data)
    _ = api.memory_desc_destroy(description)
    return object
  }
}

extension StoredType {
  /// What oneDNN calls it.
  fileprivate var oneDNN: Int32 { Int32(self == .bfloat16 ? ONEDNN_BF16 : ONEDNN_F32) }
}
