/// An example that was given another label than its own.
public struct Mistake: Codable, Equatable, Sendable {
  /// How many an evaluation keeps.
  public static let most = 50

  /// The place of the example in the data, from 0.
  public let example: Int
  /// The label that is true, and the one that was given (indices from 0).
  public let expected: Int, predicted: Int
  /// The probability that the model gave to its answer.
  public let probability: Double

  /// Puts a mistake together.
  public init(example: Int, expected: Int, predicted: Int, probability: Double) {
    self.example = example
    self.expected = expected
    self.predicted = predicted
    self.probability = probability
  }

  /// The most confident ones, the most confident first; of equals the one that comes first in the data.
  public static func mostConfident(_ mistakes: [Mistake]) -> [Mistake] {
    let sorted = mistakes.sorted { ($1.probability, $0.example) < ($0.probability, $1.example) }
    return Array(sorted.prefix(most))
  }
}
