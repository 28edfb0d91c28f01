import ArgumentParser
import Foundation
import SparseGrad

@main
struct SparseGradCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sparsegrad",
    abstract:
      "Fine-tunes transformers on the CPU: SparseGrad, MeProp, LoRA and regular fine-tuning.",
    version: sparsegradVersion,
    subcommands: [
      Finetune.self, Evaluate.self, Predict.self, Generate.self, Chat.self, MTBenchCommand.self,
      JudgeCommand.self, Serve.self,
      Glue.self, Search.self, ReportCommand.self, Inspect.self,
      Tokenize.self,
      FindBasis.self, Params.self, AdapterCommand.self, Export.self, Bench.self, BenchWorker.self,
      ShowEnvironment.self,
    ])

  static func main() {
    // A write beyond a file-size limit is an error like a full disk, not a reason to die.
    signal(SIGXFSZ, SIG_IGN)
    do {
      let typed = Array(CommandLine.arguments.dropFirst())
      var command = try parse(ConfigurationArguments(typed, flags: flags))
      try command.run()
    } catch {
      exit(withError: explained(error))
    }
  }

  private static func parse(_ arguments: ConfigurationArguments) throws -> any ParsableCommand {
    do {
      return try parseAsRoot(arguments.expanded)
    } catch  where exitCode(for: error) != .success {
      if let command = arguments.expanded.first, has(command),
        let flag = arguments.unknownFlag(flags)
      {
        throw ValidationError(Self.unknownOption(flag))
      }
      throw arguments.explained(error, message(for: error))
    }
  }

  /// Flags that had another name in earlier builds, with the name they have now.
  private static let renamedFlags = ["--model-candidates": "--hidden-candidates"]

  private static func unknownOption(_ flag: String) -> String {
    let now = renamedFlags[flag].map { ": it is called \($0) now" } ?? ""
    return "Unknown option '\(flag)'\(now)"
  }

  /// An error of the system's as one that says which file and why, in one line.
  private static func explained(_ error: any Error) -> any Error {
    if let error = error as? InputError { return error.withFlags }
    if let error = error as? any TrainingFailure {
      return ReportedError(error.description.withFlags)
    }
    guard let reason = AtomicOutput.reason(error) else { return error }
    let path = (error as NSError).userInfo[NSFilePathErrorKey] as? String
    return InputError(path ?? "a file", reason)
  }

  /// Whether there is a subcommand of that name.
  static func has(_ command: String) -> Bool {
    configuration.subcommands.contains {
      $0._commandName == command && $0.configuration.subcommands.isEmpty
    }
  }

  /// The flags of a subcommand.
  private static func flags(of command: String) -> [ConfigurableFlag] {
    let type = configuration.subcommands.first { $0._commandName == command }
    // A search passes flags on.
    return (type?.flags ?? []) + (type == Search.self ? Finetune.flags : [])
  }
}
