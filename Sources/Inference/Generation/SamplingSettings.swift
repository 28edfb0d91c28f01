import Support

/// How the next token is chosen, by the names that `transformers` has for it.
public struct SamplingSettings: Hashable, Codable, Sendable {
  /// What logits are divided by; 0 takes the most probable token.
  public var temperature = 0.0
  /// Only so many of the most probable tokens are drawn from; nil for all.
  public var topK: Int?
  /// Only the most probable tokens whose probabilities add up to this are drawn from.
  public var topP = 1.0
  /// Only tokens that have this share of the largest probability are drawn from.
  public var minP = 0.0
  /// What logits of tokens that are in the text already are divided by, or multiplied with where they are negative.
  public var repetitionPenalty = 1.0
  /// Draws the tokens.
  public var seed: UInt64 = 42

  /// The most probable token at every step.
  public init() {}

  /// - Throws: `InputError` naming the setting whose value is out of range.
  public func validate() throws {
    func check(_ condition: Bool, _ setting: Setting, _ expected: String) throws {
      guard condition else { throw InputError(setting, "expected \(expected)") }
    }
    try check(temperature >= 0 && temperature.isFinite, .temperature, "0 or more")
    try check(topK.map { $0 >= 1 } ?? true, .topK, "at least 1")
    try check(0 < topP && topP <= 1, .topP, "above 0, at most 1")
    try check(0 <= minP && minP < 1, .minP, "0 or more, below 1")
    try check(
      repetitionPenalty > 0 && repetitionPenalty.isFinite, .repetitionPenalty, "a positive number")
  }
}
