import ArgumentParser
import Foundation

extension ParsableCommand {
  /// The flags that a command takes, from its own description.
  static var flags: [ConfigurableFlag] {
    let tool = try? JSONDecoder().decode(ToolDescription.self, from: Data(_dumpHelp().utf8))
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

/// What a command says of itself in JSON.
private struct ToolDescription: Decodable {
  struct Command: Decodable { let arguments: [Argument]? }
  struct Argument: Decodable { let kind: String, names: [Name]?, isRepeating: Bool? }
  struct Name: Decodable { let kind: String, name: String }
  let command: Command
}
