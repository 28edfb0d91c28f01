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
      let arguments = try ConfigurationArguments.expand(Array(CommandLine.arguments.dropFirst()))
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}

/// Turns errors about a flag's value into usage errors.
func checkingUsage(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as InputError where error.source.hasPrefix("--") {
    throw ValidationError(error.description)
  }
}
