import CBLAS

/// Matrix products of BLAS, in float32.
final class BLASProducts: ProductProvider {
  private let product: blas_sgemm

  /// - Throws: `InputError` when there is no library with CBLAS's interface.
  init() throws { product = try Libraries.openBLAS() }

  func tiles(_ form: ProductForm) -> TileGrid.Size {
    form == .tn ? .blasGradient : .blas
  }

  func multiply(_ product: TileProduct, worker: Int) {
    let (transposed, plain) = (Int32(BLAS_TRANSPOSED), Int32(BLAS_AS_IT_IS))
    self.product(
      Int32(BLAS_ROW_MAJOR), product.form == .tn ? transposed : plain,
      product.form == .nt ? transposed : plain, Int32(product.m), Int32(product.n),
      Int32(product.k), 1, product.a.floats, Int32(product.a.stride), product.b.floats,
      Int32(product.b.stride), product.accumulation == .add ? 1 : 0, product.c.floats,
      Int32(product.c.stride))
  }
}

extension StoredTile {
  /// The elements of a tile that is stored in float32.
  var floats: UnsafeMutablePointer<Float> {
    precondition(type == .float32, "a tile of \(type) where float32 is multiplied")
    return data.assumingMemoryBound(to: Float.self)
  }
}
