import Compute

/// Multi-head attention between the tokens of each sequence, over packed sequences:
/// W_o attention(W_q x, W_k x, W_v x). What is normalised and added before and after it is the block's business.
package final class SelfAttention {
  /// The query projection [columns of query heads, hiddenSize].
  package let query: Linear
  /// The key projection [columns of key heads, hiddenSize].
  package let key: Linear
  /// The value projection, of the key projection's shape.
  package let value: Linear
  /// The output projection [hiddenSize, columns of query heads].
  package let output: Linear
  private let heads: AttentionHeads
  private let mask: AttentionMask
  private let positions: RotaryPositions?
  /// The normalisation of every head of queries, and of keys.
  private let headNorms: HeadNorms?
  private let site: DropoutSite

  /// Normalisations of single heads, before they are turned (Qwen3).
  package struct HeadNorms {
    package let query: RMSNorm, key: RMSNorm

    package init(query: RMSNorm, key: RMSNorm) {
      self.query = query
      self.key = key
    }
  }

  /// - Parameter site: the dropout of probabilities.
  package init(
    query: Linear, key: Linear, value: Linear, output: Linear, _ heads: AttentionHeads,
    _ mask: AttentionMask = .none, positions: RotaryPositions? = nil, headNorms: HeadNorms? = nil,
    site: DropoutSite
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.heads = heads
    self.mask = mask
    self.positions = positions
    self.headNorms = headNorms
    self.site = site
  }

  /// What the backward pass needs.
  package struct Tape {
    fileprivate let shape: AttentionShape
    /// Where only some rows ask: their numbers.
    package let askingRows: [Int32]?
    fileprivate let query: Projection, key: Projection
    fileprivate let value: Operand
    fileprivate let valueInput: Operand?
    fileprivate let logSumExp: Matrix<Float>
    fileprivate let outputInput: Operand?
  }

  /// Queries or keys as attention reads them.
  fileprivate struct Projection {
    let values: Operand
    /// The place of every row in its sequence; empty where no position turns them.
    let positions: [Int32]
    /// What the learner of the projection keeps of its input.
    let input: Operand?
    let normalized: NormalizedRows?
  }

  package var linears: [(LinearRole.Kind, Linear)] {
    [(.query, query), (.key, key), (.value, value), (.attentionOutput, output)]
  }

  private var norms: [RMSNorm] { headNorms.map { [$0.query, $0.key] } ?? [] }

  /// Whether anything of what comes before the output projection trains.
  private var isInnerTraining: Bool {
    [query, key, value].contains(where: \.isTraining) || norms.contains(where: \.isTraining)
  }

  package var isTraining: Bool { output.isTraining || isInnerTraining }

  /// Whether the input's operand has to be there in the backward pass.
  package var needsInput: Bool { [query, key, value].contains(where: \.needsInput) }

  /// y [asking tokens, hiddenSize] = or += the result, without the bias of the output projection.
  /// - Parameters:
  ///   - x: the input [tokens, hiddenSize].
  ///   - asking: its rows that ask, as `queries` says.
  ///   - cache: the keys and values of the tokens before, to which those of x are added.
  package func forward(
    _ x: Operand, asking: Operand, offsets: [Int], queries: Queries, into y: Matrix<Float>,
    _ accumulation: Accumulation = .overwrite, _ cache: KeyValueCache? = nil, _ pass: Pass
  ) -> Tape {
    let engine = pass.engine
    let start = Int32(cache?.count ?? 0)
    return engine.scratch.scope {
      func places(_ queries: Queries) -> [Int32] {
        positions == nil ? [] : queries.positions(offsets).map { start + $0 }
      }
      let q = project(query, asking, headNorms?.query, places(queries), pass)
      var k = project(key, x, headNorms?.key, places(.all), pass)
      var (v, valueInput) = value.project(x, pass)
      var shape = AttentionShape(
        offsets: offsets, heads: heads, mask: mask, queries: queries, dropout: pass.dropout,
        site: site.number, probability: site.probability)
      if let cache {
        let (keys, values) = cache.append(k.values, v, engine)
        k = Projection(values: keys, positions: k.positions, input: k.input, normalized: nil)
        v = values
        let rows = queries.rows(offsets) ?? Array(0..<Int32(asking.rows))
        shape = shape.of(offsets: [0, keys.rows], queries: .rows(rows.map { start + $0 }))
      }
      let context = engine.operand(
        asking.rows, heads.width, in: output.needsInput ? pass.arena : engine.scratch)
      let logSumExp = pass.arena.matrix(asking.rows, heads.count, of: Float.self)
      engine.attention(
        shape, query: q.values, key: k.values, value: v, into: context, logSumExp: logSumExp)
      let outputInput = output.forward(context, into: y, pass, accumulation)
      return Tape(
        shape: shape, askingRows: queries.rows(offsets), query: q, key: k, value: v,
        valueInput: valueInput, logSumExp: logSumExp, outputInput: outputInput)
    }
  }

  /// Queries or keys: projected, normalised by heads, turned to their positions.
  private func project(
    _ linear: Linear, _ x: Operand, _ norm: RMSNorm?, _ places: [Int32], _ pass: Pass
  ) -> Projection {
    let engine = pass.engine
    guard let positions else {
      let (values, input) = linear.project(x, pass)
      return Projection(values: values, positions: [], input: input, normalized: nil)
    }
    let result = engine.operand(x.rows, linear.outputSize, in: pass.arena)
    var saved: NormalizedRows?
    if let norm {
      saved = NormalizedRows(
        x.rows * linear.outputSize / heads.size, heads.size, in: pass.arena, engine)
    }
    return engine.scratch.scope {
      let wide = engine.wide(result)
      let input = linear.forward(x, into: wide, pass)
      if let bias = linear.bias { engine.addBias(bias.value, to: wide, into: .float32(wide)) }
      if let norm, let saved {
        let rows = byHead(wide)
        norm.forward(rows, into: .float32(rows), saving: saved, engine)
      }
      positions.rotate(.float32(wide), into: result, .forward, positions: places, engine)
      return Projection(values: result, positions: places, input: input, normalized: saved)
    }
  }

  /// The same memory with a row for every head.
  private func byHead(_ x: Matrix<Float>) -> Matrix<Float> {
    Matrix(x.data, rows: x.count / heads.size, columns: heads.size)
  }

  /// Accumulates gradients.
  /// - Parameters:
  ///   - dy: the gradient of the result [asking tokens, hiddenSize].
  ///   - dx: receives the gradient of x [tokens, hiddenSize], if it is wanted.
  ///   - asking: working memory [asking tokens, hiddenSize] for the part of it that comes through the rows that ask,
  ///     where these are not all.
  ///   - accumulation: whether that part is added to what is in its place.
  package func backward(
    _ dy: Operand, _ tape: Tape, into dx: Matrix<Float>?, asking: Matrix<Float>?,
    _ accumulation: Accumulation, _ pass: Pass
  ) {
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    scratch.scope {
      let isInnerWanted = isInnerTraining || dx != nil
      let dContext =
        isInnerWanted ? scratch.matrix(dy.rows, heads.width, of: Float.self) : nil
      output.backward(dy, kept: tape.outputInput, into: dContext, pass)
      guard let dContext else { return }

      let dq = engine.operand(dy.rows, heads.width, in: scratch)
      let dk = engine.operand(tape.value.rows, heads.keyValueWidth, in: scratch)
      let dv = engine.operand(tape.value.rows, heads.keyValueWidth, in: scratch)
      engine.attentionBackward(
        tape.shape, query: tape.query.values, key: tape.key.values, value: tape.value,
        outputGradient: dContext, logSumExp: tape.logSumExp, queryGradient: dq, keyGradient: dk,
        valueGradient: dv)
      turnBack(dq, tape.query, headNorms?.query, pass)
      turnBack(dk, tape.key, headNorms?.key, pass)

      let ofQueries = tape.askingRows == nil ? dx : asking
      query.backward(dq, kept: tape.query.input, into: ofQueries, pass, accumulation)
      key.backward(
        dk, kept: tape.key.input, into: dx, pass, tape.askingRows == nil ? .add : .overwrite)
      value.backward(dv, kept: tape.valueInput, into: dx, pass, .add)
      if let dx, let asking, let rows = tape.askingRows {
        engine.add(asking, toRows: rows, of: dx)
      }
    }
  }

  /// The gradient of what was projected from that of what attention read, in its place.
  private func turnBack(
    _ gradient: Operand, _ projection: Projection, _ norm: RMSNorm?, _ pass: Pass
  ) {
    guard let positions else { return }
    let engine = pass.engine
    guard let norm, let saved = projection.normalized else {
      positions.rotate(
        gradient, into: gradient, .backward, positions: projection.positions, engine)
      return
    }
    engine.scratch.scope {
      let turned = engine.scratch.matrix(gradient.rows, gradient.columns, of: Float.self)
      positions.rotate(
        gradient, into: .float32(turned), .backward, positions: projection.positions, engine)
      let result = engine.scratch.matrix(gradient.rows, gradient.columns, of: Float.self)
      Operand.float32(result).zero()
      norm.backward(byHead(turned), saved, addingTo: byHead(result), engine)
      engine.copy(result, into: gradient)
    }
  }
}
