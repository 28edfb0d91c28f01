import CKernels

/// The entries of a sparse matrix, line by line: its rows, or its columns.
package struct CompressedSparse {
  /// The number of lines.
  package let count: Int
  fileprivate let starts: UnsafeMutablePointer<UInt32>
  fileprivate let places: UnsafeMutablePointer<UInt32>
  fileprivate let values: UnsafePointer<Float>

  fileprivate var kernel: ck_lines { ck_lines(starts: starts, places: places, values: values) }
}

extension Engine {
  /// The rows of a sparse matrix whose entries are given by ascending flat indices; in scratch memory.
  package func rows(
    of indices: UnsafePointer<UInt32>, _ values: UnsafePointer<Float>, count: Int, rows: Int,
    columns: Int
  ) -> CompressedSparse {
    let lines = CompressedSparse(
      count: rows, starts: scratch.allocate(rows + 1), places: scratch.allocate(count),
      values: values)
    ck_lines_of_rows(indices, count, rows, UInt32(columns), lines.starts, lines.places)
    return lines
  }

  /// The columns of the same.
  package func columns(
    of indices: UnsafePointer<UInt32>, _ values: UnsafePointer<Float>, count: Int, columns: Int
  ) -> CompressedSparse {
    let sorted = scratch.allocate(count, of: Float.self)
    let lines = CompressedSparse(
      count: columns, starts: scratch.allocate(columns + 1), places: scratch.allocate(count),
      values: sorted)
    ck_lines_of_columns(indices, values, count, UInt32(columns), lines.starts, lines.places, sorted)
    return lines
  }

  /// Row entries[l] (or l) of the weight += the combination of rows of `vectors` that line l is.
  package func addToRows(
    of weight: WeightStorage, at entries: [Int32]?, _ lines: CompressedSparse,
    _ vectors: Matrix<Float>
  ) {
    withUnsafePointer(to: lines.kernel) { kernel in
      entries.withPointer { entries in
        parallel(lines.count, grain: max(1, lines.count / 32)) {
          kernels.add_to_rows(
            weight.kernel, vectors.columns, entries, kernel, vectors.data, $0.lowerBound,
            $0.upperBound)
        }
      }
    }
  }

  /// Column entries[l] (or l) of the weight [.., columns] += the combination of rows of `vectors` that line l
  /// is.
  package func addToColumns(
    of weight: WeightStorage, columns: Int, at entries: [Int32]?, _ lines: CompressedSparse,
    _ vectors: Matrix<Float>
  ) {
    let block = Int(CK_LINE_BLOCK)
    scratch.scope {
      let size = kernels.add_to_columns_scratch(vectors.columns)
      let memory = scratch.allocate(size * threads, of: Float.self)
      withUnsafePointer(to: lines.kernel) { kernel in
        entries.withPointer { entries in
          tasks((lines.count + block - 1) / block) { task, worker in
            kernels.add_to_columns(
              weight.kernel, vectors.columns, columns, entries, kernel, vectors.data, task * block,
              min(lines.count, (task + 1) * block), memory + worker * size)
          }
        }
      }
    }
  }

  /// weight[elements[i]] += values[i]
  package func addToElements(
    of weight: WeightStorage, _ elements: UnsafePointer<UInt32>, _ values: UnsafePointer<Float>,
    count: Int
  ) {
    parallel(count, grain: Self.grain) {
      kernels.add_to_elements(weight.kernel, elements, values, $0.lowerBound, $0.upperBound)
    }
  }
}

extension [Int32]? {
  /// Calls `body` with the elements, or with nil.
  fileprivate func withPointer(_ body: (UnsafePointer<Int32>?) -> Void) {
    guard let self else { return body(nil) }
    self.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
