import ArgumentParser
import Foundation
import SparseGrad
import Yams

/// `--config FILE`: a YAML mapping whose keys are flags. Its values take the flags' places on the command line,
/// before those that were typed, which therefore override them.
enum ConfigurationArguments {
  /// The arguments with the files of `--config` put in.
  /// - Parameter flags: the long flags of a subcommand, without their dashes.
  /// - Throws: `InputError` naming the file and the key that cannot be used.
  static func expand(_ arguments: [String], flags: (_ command: String) -> Set<String>) throws
    -> [String]
  {
    guard let command = arguments.first, !command.hasPrefix("-") else { return arguments }
    var typed: [String] = []
    var configured: [String] = []
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      if argument == "--config", let path = rest.popFirst() {
        configured += try self.arguments(of: path, command, flags(command))
      } else if argument.hasPrefix("--config=") {
        configured += try self.arguments(
          of: String(argument.dropFirst("--config=".count)), command, flags(command))
      } else {
        typed.append(argument)
      }
    }
    return [command] + configured + typed
  }

  private static func arguments(of path: String, _ command: String, _ flags: Set<String>)
    throws -> [String]
  {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw InputError(path, "cannot be read, expected a YAML file")
    }
    return try mapping(String(decoding: data, as: UTF8.self), path).flatMap { key, value in
      guard let name = key.string?.replacingOccurrences(of: "_", with: "-"),
        flags.contains(name)
      else {
        throw InputError(
          path, at: "key \"\(key.string ?? "?")\"", "is not a flag of sparsegrad \(command)")
      }
      return try self.arguments(name, value, path)
    }
  }

  private static func mapping(_ text: String, _ path: String) throws -> [(Node, Node)] {
    do {
      guard let node = try Yams.compose(yaml: text) else { return [] }
      guard let mapping = node.mapping else {
        throw InputError(path, "expected a mapping of flags to values")
      }
      return mapping.map { ($0.key, $0.value) }
    } catch let error as YamlError {
      throw InputError(path, "is not YAML: \(error)")
    }
  }

  private static func arguments(_ name: String, _ value: Node, _ path: String) throws -> [String] {
    if let sequence = value.sequence {
      return try sequence.flatMap { try arguments(name, $0, path) }
    }
    guard let text = value.string else {
      throw InputError(path, at: "key \"\(name)\"", "expected a single value")
    }
    switch value.bool {
    case true?: return ["--" + name]
    case false?: return []
    case nil: return ["--" + name + "=" + text]
    }
  }
}
