import ArgumentParser
import Foundation
import SparseGrad

struct Chat: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Talk to a language model.",
    discussion:
      "What is typed on a line is said; /reset begins anew, /quit or the end of the input ends.")

  @Option(
    help: "Hugging Face folder or GGUF file of the model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: "How the assistant is to behave. (default: what the model's template says)")
  var system: String?

  @OptionGroup(title: "Generation") var generation: GenerationOptions

  @Option(help: "Precision of matrix products. auto picks what is faster on this machine.")
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
    let generator = try TextGenerator(
      model: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: precision.precision, threads: threads)
    let session = try ChatSession(generator, system: system)
    let isTyped = isatty(STDIN_FILENO) == 1
    while true {
      if isTyped { Console.note("> ") }
      guard let line = readLine() else { break }
      switch line.trimmingCharacters(in: .whitespaces) {
      case "": continue
      case "/quit": return
      case "/reset": session.reset()
      default: try answer(line, session)
      }
    }
    if isTyped { Console.note("\n") }
  }

  private func answer(_ text: String, _ session: ChatSession) throws {
    let result = try session.answer(text, generation.settings) { piece in
      if !messages.json { try Console.write(Data(piece.utf8)) }
    }
    if messages.json {
      try Console.printJSON(GeneratedLine(result))
    } else {
      try Console.print("")
      if !messages.quiet { Console.note(result.summary + "\n") }
    }
  }
}
