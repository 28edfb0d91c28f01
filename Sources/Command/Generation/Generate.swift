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

  @Flag(help: "Take the text for what a user says, and answer it by the model's chat template.")
  var chat = false

  @Option(help: "With --chat: how the assistant is to behave. (default: what the template says)")
  var system: String?

  @Flag(help: "With --json: also the logits of what comes after the prompt.")
  var logits = false

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
    if system != nil, !chat { throw ValidationError("--system: expected with --chat") }
    if logits, !messages.json { throw ValidationError("--logits: expected with --json") }
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
  }

  func run() throws {
    let text = prompt == "-" ? try Self.standardInput() : prompt
    let generator = try TextGenerator(
      model: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: precision.precision, threads: threads)
    func show(_ piece: String) throws {
      if !messages.json { try Console.write(Data(piece.utf8)) }
    }
    let turns = (system.map { [ChatTurn(.system, $0)] } ?? []) + [ChatTurn(.user, text)]
    let result =
      try chat
      ? generator.answer(turns, generation.settings, stream: show)
      : generator.generate(text, generation.settings, stream: show)
    if messages.json {
      let next =
        logits ? try chat ? generator.logits(after: turns) : generator.logits(after: text) : nil
      try Console.printJSON(GeneratedLine(result, logits: next))
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
