import ArgumentParser
import Foundation
import SparseGrad

/// `--config FILE`: a YAML mapping whose keys are flags. Its values take the flags' places on the command line,
/// before those that were typed, which therefore override them.
struct ConfigurationArguments {
  /// The arguments with the files of `--config` put in.
  private(set) var expanded: [String]
  /// The flags that were set by files only, and the file.
  private var origins: [(flag: String, path: String)] = []
  /// The files.
  private var paths: [String] = []

  /// - Parameter flags: the flags of a subcommand.
  /// - Throws: `InputError` naming the file and the key that cannot be used.
  init(_ arguments: [String], flags: (_ command: String) -> [ConfigurableFlag]) throws {
    expanded = arguments
    guard let command = arguments.first, !command.hasPrefix("-") else { return }
    var typed: [String] = []
    var configured: [String] = []
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      if argument == "--" {
        typed += [argument] + rest
        break
      }
      guard argument == "--config" || argument.hasPrefix("--config=") else {
        typed.append(argument)
        continue
      }
      let inline = argument.dropFirst("--config=".count)
      guard let path = argument == "--config" ? rest.popFirst() : String(inline) else {
        throw ValidationError("Missing value for '--config <file>'")
      }
      let file = try ConfigurationFlags(
        path, command, flags(command),
        passingOver: Self.servedByFinetune.contains(command) ? flags(Finetune._commandName) : [])
      configured += file.arguments
      paths.append(path)
      origins += file.keys.map { ($0, path) }
    }
    origins.removeAll { origin in
      typed.contains { $0 == "--\(origin.flag)" || $0.hasPrefix("--\(origin.flag)=") }
    }
    let typedNames = Set(typed.map(Self.name))
    configured.removeAll { !typedNames.isDisjoint(with: FlagArguments.rivals(of: Self.name($0))) }
    expanded = [command] + configured + typed
  }

  /// The commands that use what a run has made: the run's own file serves them.
  private static let servedByFinetune: Set = [Evaluate._commandName]

  /// A flag that was typed and is none of the command's. Other errors may come of it: of a flag that is not known, the
  /// value counts as a text.
  func unknownFlag(_ flags: (_ command: String) -> [ConfigurableFlag]) -> String? {
    guard let command = expanded.first else { return nil }
    let known = Set(flags(command).map(\.name) + ["help", "version"])
    return expanded.dropFirst().prefix { $0 != "--" }.map(Self.name).first {
      $0.hasPrefix("--") && !known.contains(String($0.dropFirst(2)))
    }
  }

  /// `--flag` of `--flag=value`.
  private static func name(_ argument: String) -> String {
    String(argument.prefix { $0 != "=" })
  }

  /// An error about a flag that a file has set, with the file's name.
  func explained(_ error: any Error, _ message: String) -> any Error {
    // What neither the file nor the typed flags say.
    if let path = paths.last,
      let missing = message.firstMatch(of: /^Missing expected argument '--([a-z-]+)/)
    {
      return InputError(
        path, at: "key \"\(missing.1)\"", "is missing, and --\(missing.1) is not given either")
    }
    let words = message.split { !($0.isLetter || $0.isNumber || $0 == "-") }
    guard let origin = origins.last(where: { words.contains("--\($0.flag)") }) else { return error }
    return InputError(origin.path, at: "key \"\(origin.flag)\"", message)
  }
}
