/// The precision of matrix products. Weights that train and all sums are float32 in both.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Operands and results are float32.
  case float32
  /// Operands and gradients of weights are rounded to bfloat16; sums and other results are float32.
  case bfloat16

  /// The precision in which this machine multiplies faster: bfloat16 where the processor and the library multiply it
  /// as it is, else float32.
  /// - Throws: `InputError` when there is no library that multiplies.
  public static func fastest() throws -> Precision {
    let set = try InstructionSet.highest()
    return try ProductPath.open(ProductPath.preferences(for: set), threads: 1, set.kernels())
      .path.fastestPrecision
  }
}
