import Compute

/// Changes of selected elements of a weight's gradient coordinates [output count, input count].
struct SparseChange {
  /// Flat indices, ascending: output coordinate * input count + input coordinate.
  let indices: UnsafePointer<UInt32>
  /// The change of each.
  let values: UnsafePointer<Float>
  let count: Int
}

/// The pair of axes of a weight W [out, in] and the way back from their coordinates.
struct WeightCoordinates {
  let output: Coordinates
  let input: Coordinates

  var count: Int { output.count * input.count }

  /// W += P_outᵀ Δ P_in.
  ///
  /// Δ is so sparse that it is first multiplied by the larger of the rotations, entry by entry; what
  /// remains, if both axes are rotated, is one product with the smaller.
  func apply(_ change: SparseChange, to weight: Matrix<Float>, _ engine: Engine) {
    switch (output, input) {
    case (.rotated(let rows), .rotated(let columns)):
      if rows.vectors.columns > columns.vectors.columns {
        expandOutput(change, rows.vectors, engine) {
          engine.multiply(.transposedTimes, $0, columns.vectors, into: weight, .add)
        }
      } else {
        expandInput(change, columns.vectors, engine) {
          engine.multiply(.transposedTimes, rows.vectors, $0, into: weight, .add)
        }
      }
    case (.rotated(let rows), _):
      expandOutput(change, rows.vectors, engine) { addTransposed($0, to: weight, engine) }
    case (_, .rotated(let columns)):
      addRows(change, columns.vectors, engine) { weight.data + entry(output, $0) * weight.stride }
    default:
      let width = input.count
      for i in 0..<change.count {
        let (row, column) = Int(change.indices[i]).quotientAndRemainder(dividingBy: width)
        weight.data[entry(output, row) * weight.stride + entry(input, column)] += change.values[i]
      }
    }
  }

  /// The axis' own entry of a coordinate that is not rotated.
  private func entry(_ axis: Coordinates, _ coordinate: Int) -> Int {
    if case .subset(let indices, _) = axis { Int(indices.values[coordinate]) } else { coordinate }
  }

  /// Δ P_in [output count, in]
  private func expandInput(
    _ change: SparseChange, _ vectors: Matrix<Float>, _ engine: Engine,
    _ body: (Matrix<Float>) -> Void
  ) {
    engine.scratch.scope {
      let wide = engine.scratch.matrix(output.count, vectors.columns, of: Float.self)
      wide.elements.update(repeating: 0)
      addRows(change, vectors, engine) { wide.data + $0 * wide.stride }
      body(wide)
    }
  }

  /// Adds Δ P_in, row by row of Δ; `target` gives the memory of a row.
  private func addRows(
    _ change: SparseChange, _ vectors: Matrix<Float>, _ engine: Engine,
    _ target: (Int) -> UnsafeMutablePointer<Float>
  ) {
    let width = input.count
    // Indices ascend, so a range of rows is a range of entries.
    engine.parallel(output.count, grain: max(1, output.count / 32)) { rows in
      var i = firstEntry(change, from: rows.lowerBound * width)
      let end = firstEntry(change, from: rows.upperBound * width)
      while i < end {
        let (row, column) = Int(change.indices[i]).quotientAndRemainder(dividingBy: width)
        engine.axpy(
          change.values[i], vectors.data + column * vectors.stride, target(row), vectors.columns)
        i += 1
      }
    }
  }

  /// Δᵀ P_out [input count, out]
  private func expandOutput(
    _ change: SparseChange, _ vectors: Matrix<Float>, _ engine: Engine,
    _ body: (Matrix<Float>) -> Void
  ) {
    let width = input.count
    engine.scratch.scope {
      let wide = engine.scratch.matrix(width, vectors.columns, of: Float.self)
      wide.elements.update(repeating: 0)
      // Entries of a column are scattered over the list: threads share columns of the result instead.
      engine.parallel(vectors.columns, grain: 256) { block in
        for i in 0..<change.count {
          let (row, column) = Int(change.indices[i]).quotientAndRemainder(dividingBy: width)
          engine.axpy(
            change.values[i], vectors.data + row * vectors.stride + block.lowerBound,
            wide.data + column * wide.stride + block.lowerBound, block.count)
        }
      }
      body(wide)
    }
  }

  /// W[:, input entries] += expandedᵀ
  private func addTransposed(_ expanded: Matrix<Float>, to weight: Matrix<Float>, _ engine: Engine)
  {
    engine.scratch.scope {
      let turned = engine.scratch.matrix(expanded.columns, expanded.rows, of: Float.self)
      engine.transpose(expanded, into: turned)
      engine.parallel(weight.rows, grain: 16) { rows in
        for r in rows {
          let (from, to) = (turned.data + r * turned.stride, weight.data + r * weight.stride)
          if case .subset(let indices, _) = input {
            for (c, entry) in indices.values.enumerated() { to[Int(entry)] += from[c] }
          } else {
            engine.axpy(1, from, to, turned.columns)
          }
        }
      }
    }
  }

  /// The first entry of the list whose index is at least `bound`.
  private func firstEntry(_ change: SparseChange, from bound: Int) -> Int {
    var (low, high) = (0, change.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(change.indices[middle]) < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
