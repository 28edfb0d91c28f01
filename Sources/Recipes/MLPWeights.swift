/// The weights of a model's feed-forward blocks: two in each, [intermediate, hidden] and [hidden, intermediate].
public struct MLPWeights: Hashable, Sendable {
  /// The columns of every hidden state.
  public let hiddenSize: Int
  /// The columns inside the feed-forward block.
  public let intermediateSize: Int
  /// How many there are.
  public let count: Int

  /// The elements of each.
  public var elements: Int { hiddenSize * intermediateSize }

  /// Weights of a shape.
  public init(hiddenSize: Int, intermediateSize: Int, count: Int) {
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.count = count
  }
}
