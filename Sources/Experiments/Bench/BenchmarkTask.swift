/// What a process of `sparsegrad bench` is asked to measure.
public enum BenchmarkTask: Codable, Sendable {
  /// Steps of training or inference; a `BenchmarkMeasurement` answers.
  case steps(BenchmarkJob)
  /// The basis of a weight; a `DecompositionMeasurement` answers.
  case decomposition(DecompositionJob)
}
