import ArgumentParser
import Foundation
import SparseGrad

struct Tokenize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the tokens of texts as the model sees them.")

  @Option(help: "Hugging Face folder with a tokenizer.json.", completion: .directory)
  var model: String

  @Option(help: "Longest sequence in tokens; longer ones are truncated.")
  var maxLength: Int?

  @Flag(help: "Print an array of ids a line.")
  var json = false

  @OptionGroup var input: TextInput

  func validate() throws {
    try checkPath(model, "--model")
    if let file = input.file { try checkPath(file, "--file") }
    if let maxLength, maxLength < 3 { throw ValidationError("--max-length: expected at least 3") }
  }

  func run() throws {
    let tokenizer = try Tokenizer(folder: URL(fileURLWithPath: model))
    for example in try input.load() {
      let encoding = tokenizer.encode(example.text, pair: example.pair, maxLength: maxLength)
      if json {
        try Console.printJSON(encoding.ids)
      } else {
        try Console.print(
          encoding.ids.map { tokenizer.token(for: $0) ?? "?" }.joined(separator: " "))
        try Console.print(encoding.ids.map(String.init).joined(separator: " "))
      }
    }
  }
}
