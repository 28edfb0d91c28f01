import SparseGrad

/// What was written, as a line of JSON.
struct GeneratedLine: Encodable {
  let text: String
  let tokens: [Int32]
  let promptTokens: Int
  let finishReason: FinishReason
  let promptSeconds: Double, seconds: Double
  /// Those after the prompt, if they are asked for.
  let logits: [Float]?

  init(_ result: GeneratedText, logits: [Float]? = nil) {
    text = result.text
    tokens = result.tokens
    promptTokens = result.promptTokens
    finishReason = result.reason
    promptSeconds = result.promptSeconds
    seconds = result.seconds
    self.logits = logits
  }

  private enum CodingKeys: String, CodingKey {
    case text, tokens, seconds, logits
    case promptTokens = "prompt_tokens"
    case finishReason = "finish_reason"
    case promptSeconds = "prompt_seconds"
  }
}

extension GeneratedText {
  /// How fast it went.
  var summary: String {
    func rate(_ count: Int, _ seconds: Double) -> String {
      (Double(count) / max(seconds, 1e-9)).fixed(1)
    }
    return "\(promptTokens) tokens read at \(rate(promptTokens, promptSeconds)) tokens/s, "
      + "\(tokens.count) written at \(rate(tokens.count, seconds)) tokens/s"
  }
}
