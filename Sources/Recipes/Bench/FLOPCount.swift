import Methods
import Models

/// The floating-point operations that a step needs, counted from the shapes alone, two for each multiplication
/// with its addition: what the method's formula asks for, whatever the program does beyond it.
///
/// Linear layers and the two products of attention are counted, element by element work is not. Above the last
/// attention only the first token of each sequence is read, so only those rows count.
public struct FLOPCount {
  /// A linear layer [out, in].
  struct Layer {
    let role: LinearRole
    let outputSize: Int, inputSize: Int

    var size: Int { outputSize * inputSize }
  }

  private let layers: [Layer]
  private let lastBlock: Int
  private let hiddenSize: Int

  /// Counts for this model.
  public init(_ model: any SequenceClassifier) {
    self.init(
      model.linears.map { role, linear in
        Layer(role: role, outputSize: linear.outputSize, inputSize: linear.inputSize)
      })
  }

  init(_ layers: [Layer]) {
    self.layers = layers
    lastBlock = layers.map(\.role.block).max() ?? 0
    hiddenSize = layers.first { $0.role.kind == .query }?.outputSize ?? 0
  }

  /// A forward pass over sequences of these lengths.
  public func forward(_ lengths: [Int]) -> Int {
    layers.reduce(0) { $0 + 2 * $1.size * rows(of: $1, lengths) }
      + (0...lastBlock).reduce(0) { $0 + attention(block: $1, lengths) }
  }

  /// A step of training on sequences of these lengths: forward pass, gradients of what is below something that
  /// trains, gradients of what trains, and the way back from the coordinates of a basis.
  public func training(_ lengths: [Int], _ method: TrainingMethod, _ scope: TrainableScope) -> Int {
    var count = forward(lengths)
    for layer in layers {
      let rows = rows(of: layer, lengths)
      let handsDown = scope == .all || !isLowest(layer)
      if handsDown { count += 2 * layer.size * rows }
      if layer.role.isMLP {
        count += learning(layer, rows: rows, method, handsDown: handsDown)
      } else if scope.includes(layer.role) {
        count += 2 * layer.size * rows
      }
    }
    for block in 0...lastBlock where block > 0 || scope == .all {
      // The gradients of scores and probabilities, then those of query, key and value.
      count += 2 * attention(block: block, lengths)
    }
    return count
  }

  /// Whether nothing below the layer trains when only the MLP (and the head) does.
  private func isLowest(_ layer: Layer) -> Bool {
    switch layer.role.kind {
    case .query, .key, .value, .attentionOutput, .intermediate: layer.role.block == 0
    case .output, .pooler, .classifier: false
    }
  }

  /// How many rows go through a layer: all tokens, or the first of each sequence.
  private func rows(of layer: Layer, _ lengths: [Int]) -> Int {
    switch layer.role.kind {
    case .key, .value: lengths.reduce(0, +)
    case .pooler, .classifier: lengths.count
    case .query, .attentionOutput, .intermediate, .output:
      layer.role.block == lastBlock ? lengths.count : lengths.reduce(0, +)
    }
  }

  /// Scores, and their product with the values: all heads together have the hidden size.
  private func attention(block: Int, _ lengths: [Int]) -> Int {
    lengths.reduce(0) { $0 + 2 * 2 * (block == lastBlock ? 1 : $1) * $1 * hiddenSize }
  }

  /// What it takes a method to learn an MLP weight from `rows` rows.
  private func learning(
    _ layer: Layer, rows: Int, _ method: TrainingMethod, handsDown: Bool
  ) -> Int {
    switch method {
    case .full: return 2 * layer.size * rows
    case .sparseGrad(let settings): return sparse(layer, rows: rows, settings)
    }
  }

  /// The folded form: both sides of the gradient are rotated, then multiplied; the change, few elements, is
  /// rotated back into the weight once.
  private func sparse(_ layer: Layer, rows: Int, _ settings: SparseGradSettings) -> Int {
    let rotated = settings.axes.rotated(layer.role.kind)
    func candidates(_ size: Int, _ share: Double) -> Int {
      max(1, Int((Double(size) * share).rounded()))
    }
    let input = candidates(layer.inputSize, settings.inputCandidates)
    let output = candidates(layer.outputSize, settings.outputCandidates)
    let selected = settings.density.count(of: layer.size)
    var count = 2 * rows * input * output
    if rotated.input { count += 2 * rows * layer.inputSize * input }
    if rotated.output { count += 2 * rows * layer.outputSize * output }
    switch rotated {
    case (true, true):
      // Entry by entry with the larger rotation, then one product with the smaller.
      let outputIsLarger = layer.outputSize > layer.inputSize
      count += 2 * selected * max(layer.outputSize, layer.inputSize)
      count += 2 * layer.size * (outputIsLarger ? input : output)
    case (true, false): count += 2 * selected * layer.outputSize
    case (false, true): count += 2 * selected * layer.inputSize
    case (false, false): count += selected
    }
    return count
  }
}
