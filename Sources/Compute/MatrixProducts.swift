import COneDNN
import Support

/// One of oneDNN's opaque objects.
private typealias Handle = OpaquePointer?

/// Which operand of a product is read transposed. `rows` and `columns` are those of the stored matrices.
package enum ProductForm: CaseIterable {
  /// a · bᵀ: the forward pass of a linear layer, with b = weight [out, in].
  case timesTransposed
  /// a · b: the gradient of the input.
  case plain
  /// aᵀ · b: the gradient of the weight.
  case transposedTimes
}

/// oneDNN's matrix products. Sizes and strides are given at execution, so one primitive serves every shape
/// and no batch, however ragged, creates a new one.
final class MatrixProducts: @unchecked Sendable {
  private struct Kind: Hashable {
    let form: ProductForm
    let type: Int32
    let result: Int32
    let accumulates: Bool
  }

  private let api: onednn_api
  private let engine: Handle
  private let stream: Handle
  private var primitives: [Kind: Handle] = [:]

  init(_ precision: Precision) throws {
    api = try Libraries.openOneDNN()
    var engine: Handle, stream: Handle
    (engine, stream) = (nil, nil)
    guard api.engine_create(&engine, Int32(ONEDNN_CPU), 0) == 0,
      api.stream_create(&stream, engine, UInt32(ONEDNN_STREAM_IN_ORDER)) == 0
    else { throw InputError("oneDNN", "cannot use this CPU") }
    (self.engine, self.stream) = (engine, stream)
    let (float32, bfloat16) = (Int32(ONEDNN_F32), Int32(ONEDNN_BF16))
    var types = [(float32, float32)]
    if precision == .bfloat16 { types += [(bfloat16, float32), (bfloat16, bfloat16)] }
    for (type, result) in types {
      for form in ProductForm.allCases {
        for accumulates in [false, true] {
          let kind = Kind(form: form, type: type, result: result, accumulates: accumulates)
          primitives[kind] = try create(kind)
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
      make(&a, 2, sizes, kind.type, kind.form == .transposedTimes ? transposed : plain) == 0,
      make(&b, 2, sizes, kind.type, kind.form == .timesTransposed ? transposed : plain) == 0,
      make(&c, 2, sizes, kind.result, plain) == 0,
      api.primitive_attr_create(&attributes) == 0, api.post_ops_create(&operations) == 0,
      !kind.accumulates || api.post_ops_append_sum(operations, 1, 0, 0) == 0,
      api.primitive_attr_set_post_ops(attributes, operations) == 0,
      api.matmul_primitive_desc_create(&description, engine, a, b, nil, c, attributes) == 0,
      api.primitive_create(&primitive, description) == 0
    else {
      throw InputError(
        "--precision",
        kind.type == Int32(ONEDNN_BF16)
          ? "bfloat16 products need a CPU with AVX-512; use float32"
          : "oneDNN has no matrix product for this CPU")
    }
    return primitive
  }

  /// c [m, n] = or += the product over k, on the calling thread.
  func execute(
    _ form: ProductForm, _ type: Int32, result: Int32, accumulates: Bool, m: Int, n: Int, k: Int,
    a: UnsafeMutableRawPointer, aStride: Int, b: UnsafeMutableRawPointer, bStride: Int,
    c: UnsafeMutableRawPointer, cStride: Int
  ) {
    let kind = Kind(form: form, type: type, result: result, accumulates: accumulates)
    let primitive = primitives[kind].flatMap { $0 }
    let left = memory(
      m, k, transposed: form == .transposedTimes, stride: aStride, type: type, data: a)
    let right = memory(
      k, n, transposed: form == .timesTransposed, stride: bStride, type: type, data: b)
    let product = memory(m, n, transposed: false, stride: cStride, type: result, data: c)
    defer { for object in [left, right, product] { _ = api.memory_destroy(object) } }
    let arguments = [
      onednn_argument(argument: Int32(ONEDNN_ARG_SRC), memory: left),
      onednn_argument(argument: Int32(ONEDNN_ARG_WEIGHTS), memory: right),
      onednn_argument(argument: Int32(ONEDNN_ARG_DST), memory: product),
    ]
    let status = api.primitive_execute(primitive, stream, 3, arguments)
    precondition(status == 0, "oneDNN failed to multiply [\(m), \(k)] by [\(k), \(n)]: \(status)")
  }

  private func memory(
    _ rows: Int, _ columns: Int, transposed: Bool, stride: Int, type: Int32,
    data: UnsafeMutableRawPointer
  ) -> Handle {
    var description: Handle, object: Handle
    (description, object) = (nil, nil)
    let strides = transposed ? [1, Int64(stride)] : [Int64(stride), 1]
    _ = api.memory_desc_create_with_strides(
      &description, 2, [Int64(rows), Int64(columns)], type, strides)
    _ = api.memory_create(&object, description, engine, data)
    _ = api.memory_desc_destroy(description)
    return object
  }
}
