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
      Finetune.self, Evaluate.self, Predict.self, Glue.self, Search.self, Tokenize.self,
      FindBasis.self, Params.self, AdapterCommand.self, Bench.self, BenchWorker.self,
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

  /// The flags of a subcommand, from its own description.
  static func flags(of command: String) -> [ConfigurableFlag] {
    // A search passes flags on.
    if command == Search._commandName {
      return ownFlags(of: command) + ownFlags(of: Finetune._commandName)
    }
    return ownFlags(of: command)
  }

  private static func ownFlags(of command: String) -> [ConfigurableFlag] {
    struct Tool: Decodable {
      struct Command: Decodable { let arguments: [Argument]? }
      struct Argument: Decodable { let kind: String, names: [Name]?, isRepeating: Bool? }
      struct Name: Decodable { let kind: String, name: String }
      let command: Command
    }
    let type = configuration.subcommands.first { $0._commandName == command }
    let description = (type?._dumpHelp()).map { Data($0.utf8) } ?? Data()
    let tool = try? JSONDecoder().decode(Tool.self, from: description)
    return (tool?.command.arguments ?? []).flatMap { argument in
      let kind = ConfigurableFlag.Kind(rawValue: argument.kind)
      return (argument.names ?? []).compactMap { name in
        name.kind == "long"
          ? kind.map {
            ConfigurableFlag(name: name.name, kind: $0, isRepeating: argument.isRepeating ?? false)
          } : nil
      }
    }.filter { !["help", "version"].contains($0.name) }
  }
}
