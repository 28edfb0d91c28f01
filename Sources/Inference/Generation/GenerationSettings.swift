import Support

/// When to stop, and how tokens are chosen.
public struct GenerationSettings: Hashable, Sendable {
  /// At most so many tokens are written.
  public var maximumTokens = 256
  /// How tokens are chosen.
  public var sampling = SamplingSettings()
  /// Texts after which nothing more is written; they are no part of the result.
  public var stopStrings: [String] = []

  /// The most probable tokens, at most 256.
  public init() {}

  /// - Throws: `InputError` naming the setting whose value is out of range.
  public func validate() throws {
    guard 1...1_000_000 ~= maximumTokens else {
      throw InputError(.maximumNewTokens, "expected from 1 to 1000000")
    }
    guard stopStrings.allSatisfy({ !$0.isEmpty }) else {
      throw InputError(.stopStrings, "expected texts that are not empty")
    }
    try sampling.validate()
  }
}
