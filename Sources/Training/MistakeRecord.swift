import Datasets
import Metrics

/// An example of the validation data that the kept model answers wrongly: a line of `mistakes.jsonl`.
package struct MistakeRecord: Codable, Equatable, Sendable {
  /// Of longer texts only the beginning is kept.
  private static let longestText = 4000

  /// The place of the example in the data, from 1.
  package let example: Int
  /// Its text, or the first of two.
  package let text: String
  /// The second text of a pair.
  package let pair: String?
  /// The label that is true, and the one that was given.
  package let expected: String, predicted: String
  /// The probability that the model gave to its answer.
  package let probability: Double

  /// Nil when the mistake is not one of this data and these labels.
  init?(_ mistake: Mistake, in data: Dataset, labels: [String]) {
    guard data.examples.indices.contains(mistake.example),
      [mistake.expected, mistake.predicted].allSatisfy(labels.indices.contains)
    else { return nil }
    let source = data.examples[mistake.example]
    example = mistake.example + 1
    text = Self.shortened(source.text)
    pair = source.pair.map(Self.shortened)
    expected = labels[mistake.expected]
    predicted = labels[mistake.predicted]
    probability = mistake.probability
  }

  private static func shortened(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count > longestText ? String(scalars.prefix(longestText)) + "…" : text
  }
}
