import ArgumentParser
import Foundation
import SparseGrad

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tokens that predict and finetune compute with.")

  @Option(
    help: "Hugging Face folder or GGUF file of a model, or the folder of a tokenizer alone.",
    completion: .directory)
  var model: String

  @Option(
    help:
      "Longest sequence in tokens; longer ones are truncated. (default: all that the model takes)")
  var maxLength: Int?

  @Flag(help: "Print one array of ids per line.")
  var json = false

  @OptionGroup var input: TextInput

  func validate() throws {
    try checkPath(model, "--model")
    if let file = input.file { try checkPath(file, "--file") }
    if let maxLength, maxLength < 3 { throw ValidationError("--max-length: expected at least 3") }
  }

  func run() throws {
    let memory = try TrainingMemory(of: URL(fileURLWithPath: model))
    let (tokenizer, encodings) = try encoded(
      input.load(for: memory), maximumLength: maxLength ?? memory.maximumLength)
    for encoding in encodings {
      if json {
        try Console.printJSON(encoding.ids)
      } else {
        try Console.print(
          encoding.ids.map { tokenizer.token(for: $0) ?? "?" }.joined(separator: " "))
        try Console.print(encoding.ids.map(String.init).joined(separator: " "))
      }
    }
  }

  /// As `predict` encodes them; for a folder that holds a tokenizer alone, as its files say.
  private func encoded(_ examples: [Example], maximumLength: Int?) throws -> (
    Tokenizer, [Encoding]
  ) {
    let url = URL(fileURLWithPath: model)
    let configuration = url.appendingPathComponent(ModelFolder.configurationName)
    let isModel = FileManager.default.fileExists(atPath: configuration.path) || GGUFFile.isGGUF(url)
    guard isModel else {
      let tokenizer = try Tokenizer(folder: url)
      let length = maximumLength ?? tokenizer.modelMaximumLength
      return (
        tokenizer,
        try examples.map { try tokenizer.encode($0.text, pair: $0.pair, maxLength: length) }
      )
    }
    let encoder = try TextEncoder(ModelFolder(url), maximumLength: maximumLength)
    guard !examples.isEmpty else { return (encoder.tokenizer, []) }
    let data = try Dataset(examples: examples, source: "text")
    return (encoder.tokenizer, try encoder.encode(texts: data) { _ in }.sequences.map(\.encoding))
  }
}
