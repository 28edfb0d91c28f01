/// The texts of a GLUE test file, whose answers only the benchmark's server knows.
public struct GLUETestSet: Equatable, Sendable {
  /// The number of each text in the benchmark, as the file has it.
  public let indices: [String]
  /// The texts, in the order of `indices`.
  public let data: Dataset
}
