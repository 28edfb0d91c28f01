/// Which operand of a product is read transposed. `rows` and `columns` are those of the stored matrices.
package enum ProductForm: CaseIterable {
  /// a · bᵀ: the forward pass of a linear layer, with b = weight [out, in].
  case nt
  /// a · b: the gradient of the input.
  case nn
  /// aᵀ · b: the gradient of the weight.
  case tn
}

/// What a product does with what its destination holds.
package enum Accumulation {
  case overwrite
  case add
}

/// How the elements of a matrix are stored.
enum StoredType: CaseIterable {
  case float32, bfloat16

  /// Bytes of an element.
  var size: Int { self == .float32 ? 4 : 2 }
}

/// A part of a matrix as it is stored.
struct StoredTile {
  /// The first element.
  var data: UnsafeMutableRawPointer
  /// Elements between the starts of neighbouring rows.
  let stride: Int
  let type: StoredType

  /// The tile that begins `rows` rows and `columns` columns further on.
  func advanced(rows: Int = 0, columns: Int = 0) -> StoredTile {
    StoredTile(
      data: data + (rows * stride + columns) * type.size, stride: stride, type: type)
  }
}

/// c [m, n] = or += the product of two tiles over k, with operands read as `form` says.
struct TileProduct {
  let form: ProductForm
  let m: Int, n: Int, k: Int
  let a: StoredTile, b: StoredTile, c: StoredTile
  let accumulation: Accumulation

  /// What a contributes to the rows from `row` on, and to the depth from `depth` on.
  func left(row: Int, depth: Int) -> StoredTile {
    form == .tn
      ? a.advanced(rows: depth, columns: row) : a.advanced(rows: row, columns: depth)
  }

  /// What b contributes to the depth from `depth` on, and to the columns from `column` on.
  func right(depth: Int, column: Int) -> StoredTile {
    form == .nt
      ? b.advanced(rows: column, columns: depth) : b.advanced(rows: depth, columns: column)
  }
}

/// A library that multiplies tiles, each on the calling thread.
protocol ProductProvider: AnyObject {
  /// How large the tiles are that it multiplies at nearly its full speed.
  func tiles(_ form: ProductForm) -> TileGrid.Size
  /// Computes a product. Several threads may call this at once, each as another `worker`.
  func multiply(_ product: TileProduct, worker: Int)
}
