/// A line of `log.jsonl`: a logged step, or an evaluation.
package struct RunLogLine: Codable, Sendable {
  package var step: Int
  package var epoch: Double
  package var loss: Double?
  package var gradient_norm: Double?
  package var learning_rate: Double?
  package var tokens_per_second: Double?
  /// All metrics of an evaluation, by name.
  package var validation: [String: Double]?
}
