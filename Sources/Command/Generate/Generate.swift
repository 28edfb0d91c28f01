import ArgumentParser
import Foundation
import SparseGrad

struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Go on with a text by a language model.")

  @Option(
    help: "Hugging Face folder or GGUF file of the model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: "The text to go on with; - reads standard input.")
  var prompt: String

  @OptionGroup(title: "Generation") var generation: GenerationOptions

  @Option(
    help:
      "Precision of matrix products. auto picks what is faster on this machine.")
  var precision = PrecisionFlag.auto

  @Option(help: "Number of threads; results do not depend on it. (default: all processors)")
  var threads: Int?

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
  }

  func run() throws {
    let text = prompt == "-" ? try Self.standardInput() : prompt
    let generator = try TextGenerator(
      model: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: precision.precision, threads: threads)
    let result = try generator.generate(text, generation.settings) { piece in
      if !messages.json { try Console.write(Data(piece.utf8)) }
    }
    if messages.json {
      try Console.printJSON(GeneratedLine(result))
    } else {
      try Console.print("")
      if !messages.quiet { Console.note(result.summary + "\n") }
    }
  }

  private static func standardInput() throws -> String {
    let data = try FileHandle.standardInput.readToEnd() ?? Data()
    guard let text = String(data: data, encoding: .utf8) else {
      throw InputError("standard input", "is not UTF-8")
    }
    return text
  }
}

/// What was written, as a line of JSON.
private struct GeneratedLine: Encodable {
  let text: String
  let tokens: [Int32]
  let promptTokens: Int
  let finishReason: TextGenerator.FinishReason
  let promptSeconds: Double, seconds: Double

  init(_ result: TextGenerator.Result) {
    text = result.text
    tokens = result.tokens
    promptTokens = result.promptTokens
    finishReason = result.reason
    promptSeconds = result.promptSeconds
    seconds = result.seconds
  }

  private enum CodingKeys: String, CodingKey {
    case text, tokens, seconds
    case promptTokens = "prompt_tokens"
    case finishReason = "finish_reason"
    case promptSeconds = "prompt_seconds"
  }
}

extension TextGenerator.Result {
  /// How fast it went.
  var summary: String {
    func rate(_ count: Int, _ seconds: Double) -> String {
      (Double(count) / max(seconds, 1e-9)).fixed(1)
    }
    return "\(promptTokens) tokens read at \(rate(promptTokens, promptSeconds)) tokens/s, "
      + "\(tokens.count) written at \(rate(tokens.count, seconds)) tokens/s"
  }
}
