import ArgumentParser
import Foundation
import SparseGrad

@main
struct SparseGradCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparsegrad",
    abstract: "Fine-tunes transformers on the CPU: SparseGrad, MeProp and regular fine-tuning.",
    version: "0.1.0",
    subcommands: [
      Finetune.self, Evaluate.self, Predict.self, Tokenize.self, FindBasis.self, Params.self,
    ])

  static func main() {
    // A write beyond a file-size limit is an error like a full disk, not a reason to die.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let typed = Array(CommandLine.arguments.dropFirst())
      let arguments = try ConfigurationArguments.expand(typed, flags: flags)
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(withError: error)
    }
  }

  /// The long flags of a subcommand, from its own help.
  private static func flags(of command: String) -> Set<String> {
    let subcommands = configuration.subcommands
    guard let type = subcommands.first(where: { $0._commandName == command }) else { return [] }
    let words = helpMessage(for: type, columns: 200)
      .split { !($0.isLetter || $0.isNumber || $0 == "-") }
    return Set(words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) })
  }
}
