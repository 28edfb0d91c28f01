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
  /// Whether it may be given more than once, each time with another value.
  var isRepeating = false
}

/// A YAML file whose keys are flags, as arguments.
struct ConfigurationFlags {
  private(set) var arguments: [String] = []
  private(set) var keys: [String] = []
  private let path: String

  /// - Parameters:
  ///   - flags: those of the command.
  ///   - others: those of a command whose files serve this one, too; what this one does not have is passed over.
  /// - Throws: `InputError` naming the file, and the key that cannot be used.
  init(
    _ path: String, _ command: String, _ flags: [ConfigurableFlag],
    passingOver others: [ConfigurableFlag] = []
  ) throws {
    self.path = path
    var values: [(flag: ConfigurableFlag, value: Node)] = []
    for (key, value) in try Self.mapping(inFile: path) {
      let name = key.string?.replacingOccurrences(of: "_", with: "-")
      guard let flag = (flags + others).first(where: { $0.name == name }) else {
        throw InputError(
          path, at: "key \"\(key.string ?? "?")\"", "is not a flag of sparsegrad \(command)")
      }
      values.append((flag, value))
    }
    if !others.isEmpty { values = try ofResult(values, flags) }
    for (flag, value) in values where flags.contains(flag) {
      arguments += try arguments(flag, value)
      keys.append(flag.name)
    }
  }

  /// What the flags of a run say about its result: the model is what it writes, the data what it does not learn from.
  /// Flags that are not those of a run stay as they are.
  private func ofResult(
    _ values: [(flag: ConfigurableFlag, value: Node)], _ flags: [ConfigurableFlag]
  ) throws -> [(flag: ConfigurableFlag, value: Node)] {
    func value(_ name: String) -> Node? { values.first { $0.flag.name == name }?.value }
    guard ["train-file", "output"].contains(where: { value($0) != nil }) else { return values }
    let isAdapter = value("save")?.string == "adapter"
    func replacement(_ flag: ConfigurableFlag) -> Node? {
      switch flag.name {
      case "model" where !isAdapter: value("output")
      case "adapter": isAdapter ? value("output")?.string.map { Node("\($0)/adapter") } : nil
      case "data": value("validation-file") ?? value("data")
      default: value(flag.name)
      }
    }
    return flags.compactMap { flag in replacement(flag).map { (flag, $0) } }
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
      throw error.inputError(path)
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
      let arguments =
        flag.isRepeating || value.sequence == nil ? texts : [CommaSeparatedText.joined(texts)]
      return arguments.map { "--" + flag.name + "=" + $0 }
    }
  }

  private func error(_ flag: ConfigurableFlag, _ expected: String) -> InputError {
    InputError(path, at: "key \"\(flag.name)\"", "expected \(expected)")
  }
}

extension YamlError {
  /// The error in one line, with the line of the file.
  fileprivate func inputError(_ path: String) -> InputError {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      InputError(path, at: "line \(mark.line)", "is not YAML: \(problem)")
    case .reader(let problem, _, _, _): InputError(path, "is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      InputError(
        path, at: "line \(context.mark.line)",
        "is not YAML: \(duplicates.map { "\"\($0)\"" }.joined(separator: ", ")) stands twice")
    default: InputError(path, "is not YAML")
    }
  }
}
