/// What a model said of one example, beside what is true.
public struct Outcome<Value: Equatable & Sendable>: Equatable, Sendable {
  /// The model's answer.
  public let predicted: Value
  /// The answer in the data.
  public let expected: Value

  /// Pairs an answer with the truth.
  public init(predicted: Value, expected: Value) {
    self.predicted = predicted
    self.expected = expected
  }
}
