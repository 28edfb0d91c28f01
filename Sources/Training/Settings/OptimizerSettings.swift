import Tasks

/// How a step changes the weights: AdamW.
public struct OptimizerSettings: Codable, Equatable, Sendable {
  /// The highest learning rate; nil takes the method's usual one.
  public var learningRate: Double?
  /// The highest learning rate of what the method is for: selected elements, LoRA's factors, or with regular
  /// fine-tuning the whole MLP weights; nil takes `learningRate`.
  public var sparseLearningRate: Double?
  /// Decoupled weight decay; biases, normalisations and sparsely trained weights do not decay.
  public var weightDecay = 0.0
  /// Adam's decay rate of the first moment.
  public var beta1 = 0.9
  /// Adam's decay rate of the second moment.
  public var beta2 = 0.999
  /// The number that keeps Adam's division finite.
  public var epsilon = 1e-8
  /// Gradients are scaled down to this norm; nil leaves them as they are.
  public var maximumGradientNorm: Double? = 1
  /// Replaces the model's dropout probabilities, if given.
  public var dropout: Float?
  /// What the cross-entropy of a classification is changed by; nil leaves it plain.
  public var loss: ClassificationLoss?

  /// The defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case learningRate, sparseLearningRate, weightDecay, beta1, beta2, epsilon, maximumGradientNorm
    case dropout, loss
  }

  /// Reads what is there; the rest has its default value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    learningRate = try values.read(.learningRate, else: learningRate)
    sparseLearningRate = try values.read(.sparseLearningRate, else: sparseLearningRate)
    weightDecay = try values.read(.weightDecay, else: weightDecay)
    beta1 = try values.read(.beta1, else: beta1)
    beta2 = try values.read(.beta2, else: beta2)
    epsilon = try values.read(.epsilon, else: epsilon)
    maximumGradientNorm = try values.read(.maximumGradientNorm, else: maximumGradientNorm)
    dropout = try values.read(.dropout, else: dropout)
    loss = try values.read(.loss, else: loss)
  }

  /// Writes all of them; no limit of the norm is written as null, as it is not what is taken where nothing stands.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(learningRate, forKey: .learningRate)
    try values.encodeIfPresent(sparseLearningRate, forKey: .sparseLearningRate)
    try values.encode(weightDecay, forKey: .weightDecay)
    try values.encode(beta1, forKey: .beta1)
    try values.encode(beta2, forKey: .beta2)
    try values.encode(epsilon, forKey: .epsilon)
    try values.encode(maximumGradientNorm, forKey: .maximumGradientNorm)
    try values.encodeIfPresent(dropout, forKey: .dropout)
    try values.encodeIfPresent(loss, forKey: .loss)
  }
}
