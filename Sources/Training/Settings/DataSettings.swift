import Inference

/// What of the data makes a batch.
public struct DataSettings: Codable, Equatable, Sendable {
  /// The size of a batch.
  public var batch = BatchLimit.sequences(16)
  /// The order of examples.
  public var order = ExampleOrder.shuffled
  /// Draws everything that is random.
  public var seed: UInt64 = 42
  /// Longer sequences are truncated; nil means the model's positions.
  public var maximumLength: Int?
  /// Where words are tagged: which tokens of a word learn its tag.
  public var taggedTokens = TaggedTokens.first
  /// What is learnt of conversations.
  public var learntTurns = LearntTurns.answers
  /// How sequences of a language model share rows of `maximumLength` tokens.
  public var packing = Packing.none
  /// What the texts are; the run writes it down for those who use its model.
  var inputs: TrainedInputs?

  /// The defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case batch, order, seed, maximumLength, taggedTokens, learntTurns, packing, inputs
  }

  /// Reads what is there; the rest has its default value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    batch = try values.read(.batch, else: batch)
    order = try values.read(.order, else: order)
    seed = try values.read(.seed, else: seed)
    maximumLength = try values.read(.maximumLength, else: maximumLength)
    taggedTokens = try values.read(.taggedTokens, else: taggedTokens)
    learntTurns = try values.read(.learntTurns, else: learntTurns)
    packing = try values.read(.packing, else: packing)
    inputs = try values.read(.inputs, else: inputs)
  }
}
