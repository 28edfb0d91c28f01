import Compute

/// Changes of selected elements of a weight's gradient coordinates [output count, input count].
package struct SparseChange {
  /// Flat indices, ascending: output coordinate * input count + input coordinate.
  package let indices: UnsafePointer<UInt32>
  /// The change of each.
  package let values: UnsafePointer<Float>
  package let count: Int

  /// - Parameters:
  ///   - indices: ascending.
  ///   - values: one for each.
  package init(indices: UnsafePointer<UInt32>, values: UnsafePointer<Float>, count: Int) {
    self.indices = indices
    self.values = values
    self.count = count
  }
}

/// The pair of axes of a weight W [out, in] and the way back from their coordinates.
package struct WeightCoordinates {
  package let output: Coordinates
  package let input: Coordinates

  package init(output: Coordinates, input: Coordinates) {
    self.output = output
    self.input = input
  }

  package var count: Int { output.count * input.count }

  /// W += P_outᵀ Δ P_in.
  ///
  /// Δ is so sparse that it is multiplied by one rotation entry by entry, and only lines of W that have
  /// entries are touched; if both axes are rotated, by the larger, and what remains is one product with the
  /// smaller.
  package func apply(_ change: SparseChange, to weight: WeightStorage, _ engine: Engine) {
    engine.scratch.scope {
      switch (output, input) {
      case (.rotated(let rows), .rotated(let columns)):
        let product = engine.scratch.matrix(
          rows.vectors.columns, columns.vectors.columns, of: Float.self)
        if rows.vectors.columns > columns.vectors.columns {
          let wide = engine.scratch.matrix(input.count, rows.vectors.columns, of: Float.self)
          expand(byColumns(change, engine), rows.vectors, into: wide, engine)
          engine.multiply(.tn, wide, columns.vectors, into: product)
        } else {
          let wide = engine.scratch.matrix(output.count, columns.vectors.columns, of: Float.self)
          expand(byRows(change, engine), columns.vectors, into: wide, engine)
          engine.multiply(.tn, rows.vectors, wide, into: product)
        }
        engine.add(product, to: weight)
      case (.rotated(let rows), _):
        engine.addToColumns(
          of: weight, columns: input.size, at: input.entries, byColumns(change, engine),
          rows.vectors)
      case (_, .rotated(let columns)):
        engine.addToRows(
          of: weight, at: output.entries, byRows(change, engine), columns.vectors)
      default:
        engine.addToElements(
          of: weight, elements(change, engine), change.values, count: change.count)
      }
    }
  }

  /// Δ · vectors, or Δᵀ · vectors, as `lines` are rows or columns of Δ.
  private func expand(
    _ lines: CompressedSparse, _ vectors: Matrix<Float>, into wide: Matrix<Float>, _ engine: Engine
  ) {
    wide.elements.update(repeating: 0)
    engine.addToRows(of: .whole(wide), at: nil, lines, vectors)
  }

  private func byRows(_ change: SparseChange, _ engine: Engine) -> CompressedSparse {
    engine.rows(
      of: change.indices, change.values, count: change.count, rows: output.count,
      columns: input.count)
  }

  private func byColumns(_ change: SparseChange, _ engine: Engine) -> CompressedSparse {
    engine.columns(
      of: change.indices, change.values, count: change.count, columns: input.count)
  }

  /// The places of the elements in W, when no axis is rotated.
  private func elements(_ change: SparseChange, _ engine: Engine) -> UnsafePointer<UInt32> {
    if case .all = output, case .all = input { return change.indices }
    let elements = engine.scratch.allocate(change.count, of: UInt32.self)
    let (rows, columns) = (output.entries, input.entries)
    for i in 0..<change.count {
      let (row, column) = Int(change.indices[i]).quotientAndRemainder(dividingBy: input.count)
      let place = (rows.map { Int($0[row]) } ?? row) * input.size
      elements[i] = UInt32(place + (columns.map { Int($0[column]) } ?? column))
    }
    return UnsafePointer(elements)
  }
}

extension Coordinates {
  /// Where only some entries of the axis are coordinates: which.
  fileprivate var entries: [Int32]? {
    if case .subset(let indices, _) = self { indices.values } else { nil }
  }
}
