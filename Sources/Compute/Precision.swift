/// The precision of matrix products. Weights that train and all sums are float32 in both.
public enum Precision: String, CaseIterable, Codable, Sendable {
  /// Operands and results are float32.
  case float32
  /// Operands and gradients of weights are rounded to bfloat16; sums and other results are float32.
  case bfloat16
}
