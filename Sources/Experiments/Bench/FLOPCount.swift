import Layers
import Methods
import Models

/// The floating-point operations that a step needs, counted from the shapes alone, two for each multiplication
/// with its addition: what the method's formula asks for, whatever the program does beyond it.
///
/// Linear layers and the two products of attention are counted, element by element work is not. Of a classifier only one
/// token of each sequence is read above the last attention, so only those rows count; of a language model all but the last
/// token of each are, and no token sees those after it.
public struct FLOPCount {
  let layers: [LayerShape]
  private let lastBlock: Int
  private let hiddenSize: Int
  private let isLanguageModel: Bool

  /// Counts for this model.
  public init(_ model: any TransformerModel) {
    self.init(
      model.linears.map { site in
        LayerShape(
          role: site.role, module: site.module, outputSize: site.linear.outputSize,
          inputSize: site.linear.inputSize)
      })
  }

  init(_ layers: [LayerShape]) {
    self.layers = layers
    lastBlock = layers.map(\.role.block).max() ?? 0
    hiddenSize = layers.first { $0.role.kind == .query }?.outputSize ?? 0
    isLanguageModel = layers.contains { $0.role.kind == .vocabulary }
  }

  /// A forward pass over sequences of these lengths.
  public func forward(_ lengths: [Int]) -> Int {
    layers.reduce(0) { $0 + 2 * $1.size * rows(of: $1, lengths) }
      + (0...lastBlock).reduce(0) { $0 + attention(block: $1, lengths) }
  }

  /// A step of training on sequences of these lengths: the forward pass, the gradients of what is above something
  /// that trains, and what the layers need to learn.
  /// - Throws: `InputError` when the method's settings cannot be used.
  public func training(
    _ lengths: [Int], _ method: TrainingMethod, on trained: TrainedLayers = TrainedLayers(),
    _ scope: TrainableScope
  ) throws -> Int {
    let learning = try layers.map { try LayerLearning($0, method, on: trained, scope) }
    // Embeddings are below every layer.
    let lowest =
      scope == .all ? -1 : zip(layers, learning).filter { $1 != .frozen }.map { height($0.0) }.min()
    guard let lowest else { return forward(lengths) }
    var count = forward(lengths)
    for (layer, learning) in zip(layers, learning) {
      let rows = rows(of: layer, lengths)
      let handsDown = height(layer) > lowest
      if handsDown { count += 2 * layer.size * rows }
      count += learning.operations(layer, rows: rows, handsDown: handsDown)
    }
    for block in 0...lastBlock where lowest <= 4 * block {
      // The gradients of probabilities and values, then those of queries and keys.
      count += 2 * attention(block: block, lengths)
    }
    return count
  }

  /// Orders layers from the first to the last that data goes through.
  private func height(_ layer: LayerShape) -> Int {
    switch layer.role.kind {
    case .query, .key, .value: 4 * layer.role.block
    case .attentionOutput: 4 * layer.role.block + 1
    case .gate, .intermediate: 4 * layer.role.block + 2
    case .output: 4 * layer.role.block + 3
    case .pooler: 4 * lastBlock + 4
    case .classifier, .vocabulary: 4 * lastBlock + 5
    }
  }

  /// How many rows go through a layer: all tokens, or the first of each sequence.
  private func rows(of layer: LayerShape, _ lengths: [Int]) -> Int {
    switch layer.role.kind {
    case .key, .value: lengths.reduce(0, +)
    case .pooler, .classifier, .vocabulary: asking(lengths)
    case .query, .attentionOutput, .gate, .intermediate, .output:
      layer.role.block == lastBlock ? asking(lengths) : lengths.reduce(0, +)
    }
  }

  /// How many tokens the head reads.
  private func asking(_ lengths: [Int]) -> Int {
    isLanguageModel ? lengths.reduce(0) { $0 + $1 - 1 } : lengths.count
  }

  /// Scores, and their product with the values: all heads together have the hidden size.
  private func attention(block: Int, _ lengths: [Int]) -> Int {
    lengths.reduce(0) { sum, length in
      let pairs =
        isLanguageModel
        ? length * (length + 1) / 2 : (block == lastBlock ? 1 : length) * length
      return sum + 2 * 2 * pairs * hiddenSize
    }
  }
}
