/// A result of `bench`, as its JSON has it.
struct BenchRow: Decodable {
  /// What was computed.
  struct Settings: Decodable {
    let model: String
  }

  /// The command that measured it; earlier versions did not write it down.
  let command: [String]?
  let method: String, precision: String
  let settings: Settings
  let repeats: Int, steps: Int
  let batch_size: Int?, batch_tokens: Int?
  let steps_per_second: Double
  let tokens_per_second: Double, tokens_per_second_min: Double, tokens_per_second_max: Double
  let flop_fraction: Double
  let peak_memory: [String: Int]
  let peak_process_memory: Int
  let preliminary_seconds: Double?
  let trainable_parameters: Int

  /// What a step was.
  var size: String {
    batch_tokens.map { "\($0) tokens" } ?? batch_size.map { "\($0) sequences" } ?? ""
  }
}
