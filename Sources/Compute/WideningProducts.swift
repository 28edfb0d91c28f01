import CKernels
import Foundation

/// Products of matrices that are not stored in float32, by a library that multiplies float32.
///
/// Operands are widened part by part into a buffer that stays in the processor's cache, and a result that is not
/// float32 is added up there and then rounded once: there never is a second copy of a matrix. This is the one place
/// that turns stored elements into operands; what a type needs besides its case in `StoredType` is its kernel in `widen`.
final class WideningProducts: ProductProvider {
  /// Rows or columns, and depth, of what is widened at a time.
  private static let side = 384, depth = 384

  private let base: any ProductProvider
  private let kernels: ck_kernels
  private let memory: UnsafeMutablePointer<Float>
  private let sizeOfWorker = (2 * depth + side) * side

  func tiles(_ form: ProductForm) -> TileGrid.Size { base.tiles(form) }

  init(_ base: any ProductProvider, threads: Int, _ kernels: ck_kernels) {
    self.base = base
    self.kernels = kernels
    // Pages of it are there once they are written: engines in float32 have none.
    let bytes = threads * sizeOfWorker * MemoryLayout<Float>.stride
    var room: UnsafeMutableRawPointer?
    guard posix_memalign(&room, 64, bytes) == 0, let room else { outOfMemory(bytes) }
    memory = room.bindMemory(to: Float.self, capacity: threads * sizeOfWorker)
  }

  deinit { free(memory) }

  func multiply(_ product: TileProduct, worker: Int) {
    let isFloat = [product.a, product.b, product.c].allSatisfy { $0.type == .float32 }
    if isFloat { return base.multiply(product, worker: worker) }
    let room = memory + worker * sizeOfWorker
    for row in stride(from: 0, to: product.m, by: Self.side) {
      for column in stride(from: 0, to: product.n, by: Self.side) {
        multiply(
          product, row: row, column: column, m: min(Self.side, product.m - row),
          n: min(Self.side, product.n - column), worker, room)
      }
    }
  }

  /// The part [m, n] of the result that begins at a row and a column.
  private func multiply(
    _ product: TileProduct, row: Int, column: Int, m: Int, n: Int, _ worker: Int,
    _ room: UnsafeMutablePointer<Float>
  ) {
    let target = product.c.advanced(rows: row, columns: column)
    let size = Self.side * Self.depth
    let sum =
      target.type == .float32
      ? target : StoredTile(data: room + 2 * size, stride: n, type: .float32)
    if target.type != .float32, product.accumulation == .add {
      _ = widen(target, rows: m, columns: n, into: room + 2 * size)
    }
    for depth in stride(from: 0, to: product.k, by: Self.depth) {
      let k = min(Self.depth, product.k - depth)
      let (left, right) = (
        product.left(row: row, depth: depth), product.right(depth: depth, column: column)
      )
      let a =
        product.form == .tn
        ? widen(left, rows: k, columns: m, into: room)
        : widen(left, rows: m, columns: k, into: room)
      let b =
        product.form == .nt
        ? widen(right, rows: n, columns: k, into: room + size)
        : widen(right, rows: k, columns: n, into: room + size)
      base.multiply(
        TileProduct(
          form: product.form, m: m, n: n, k: k, a: a, b: b, c: sum,
          accumulation: depth == 0 ? product.accumulation : .add), worker: worker)
    }
    if target.type == .bfloat16 {
      kernels.round_tile(sum.floats, n, target.bfloat16s, target.stride, m, n)
    }
  }

  /// The tile in float32: itself, or a copy in `room`.
  private func widen(
    _ tile: StoredTile, rows: Int, columns: Int, into room: UnsafeMutablePointer<Float>
  ) -> StoredTile {
    switch tile.type {
    case .float32: return tile
    case .bfloat16:
      kernels.widen_tile(tile.bfloat16s, tile.stride, room, columns, rows, columns)
      return StoredTile(data: room, stride: columns, type: .float32)
    }
  }
}

extension StoredTile {
  /// The bits of the elements of a tile that is stored in bfloat16.
  fileprivate var bfloat16s: UnsafeMutablePointer<UInt16> {
    data.assumingMemoryBound(to: UInt16.self)
  }
}
