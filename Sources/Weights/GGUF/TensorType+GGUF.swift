/// The numbers of types in GGUF files (`ggml_type`).
extension TensorType {
  private static let numbers: [UInt32: TensorType] = [
    0: .float32, 1: .float16, 2: .q4_0, 3: .q4_1, 6: .q5_0, 7: .q5_1, 8: .q8_0, 12: .q4K, 13: .q5K,
    14: .q6K, 24: .int8, 25: .int16, 26: .int32, 27: .int64, 28: .float64, 30: .bfloat16,
  ]

  private static let unsupported: [UInt32: String] = [
    9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
    19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0",
    35: "TQ2_0", 39: "MXFP4",
  ]

  /// Nil for a number that is unknown, or of a type that is not supported.
  init?(numberInGGUF number: UInt32) {
    guard let type = Self.numbers[number] else { return nil }
    self = type
  }

  /// The number, or nil for a type that GGUF files cannot hold.
  var numberInGGUF: UInt32? { Self.numbers.first { $0.value == self }?.key }

  /// The types that are read, by their numbers.
  static var allInGGUF: [TensorType] { numbers.sorted { $0.key < $1.key }.map(\.value) }

  /// What a type that is not supported is called.
  static func nameInGGUF(_ number: UInt32) -> String { unsupported[number] ?? "number \(number)" }
}
