import Foundation
import SparseGrad
import Yams

/// A flag of a subcommand.
struct ConfigurableFlag: Hashable {
  enum Kind: String {
    /// It has a value.
    case option
    /// It is there or not.
    case flag
  }

  /// Without the dashes.
  let name: String
  let kind: Kind
}

/// A YAML file whose keys are flags, as arguments.
struct ConfigurationFlags {
  private(set) var arguments: [String] = []
  private(set) var keys: [String] = []
  private let path: String

  /// - Throws: `InputError` naming the file, and the key that cannot be used.
  init(_ path: String, _ command: String, _ flags: [ConfigurableFlag]) throws {
    self.path = path
    for (key, value) in try Self.mapping(inFile: path) {
      let name = key.string?.replacingOccurrences(of: "_", with: "-")
      guard let flag = flags.first(where: { $0.name == name }) else {
        throw InputError(
          path, at: "key \"\(key.string ?? "?")\"", "is not a flag of sparsegrad \(command)")
      }
      arguments += try arguments(flag, value)
      keys.append(flag.name)
    }
  }

  /// The keys and values of a YAML file.
  /// - Throws: `InputError` when it cannot be read, or holds something else.
  static func mapping(inFile path: String) throws -> [(Node, Node)] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw InputError(path, "cannot be read, expected a YAML file")
    }
    do {
      guard let node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) else {
        return []
      }
      guard let mapping = node.mapping else {
        throw InputError(path, "expected a mapping of flags to values")
      }
      return mapping.map { ($0.key, $0.value) }
    } catch let error as YamlError {
      throw InputError(path, "is not YAML: \(error)")
    }
  }

  /// `null` counts as absent, a list is what the command line writes with commas.
  private func arguments(_ flag: ConfigurableFlag, _ value: Node) throws -> [String] {
    if value.null != nil { return [] }
    switch flag.kind {
    case .flag:
      guard let isSet = value.bool else { throw error(flag, "true or false") }
      return isSet ? ["--" + flag.name] : []
    case .option:
      let values = value.sequence.map(Array.init) ?? [value]
      let texts = values.compactMap { $0.scalar?.string }
      guard texts.count == values.count, !texts.isEmpty else { throw error(flag, "a single value") }
      return ["--" + flag.name + "=" + texts.joined(separator: ",")]
    }
  }

  private func error(_ flag: ConfigurableFlag, _ expected: String) -> InputError {
    InputError(path, at: "key \"\(flag.name)\"", "expected \(expected)")
  }
}
