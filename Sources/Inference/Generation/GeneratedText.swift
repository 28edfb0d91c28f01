/// Why nothing more was written.
public enum FinishReason: String, Codable, Sendable {
  /// The model ended the text, or a stop string came.
  case stop
  /// As many tokens as are allowed, or as the model can read.
  case length
}

/// A text that was written.
public struct GeneratedText: Sendable {
  /// What was written, without the prompt.
  public let text: String
  /// Its tokens.
  public let tokens: [Int32]
  /// How many tokens the prompt had.
  public let promptTokens: Int
  /// Why it ends.
  public let reason: FinishReason
  /// How long it took to read the prompt, and to write the text.
  public let promptSeconds: Double, seconds: Double
}
