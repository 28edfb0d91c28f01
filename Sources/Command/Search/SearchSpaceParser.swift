import Foundation
import SparseGrad
import Yams

/// Reads search spaces: YAML mappings of flags to a list of values, or to a range with `low`, `high` and either
/// `log: true` or `step`. A range whose bounds are written as integers is one of integers.
struct SearchSpaceParser {
  /// What has been read.
  private(set) var space = SearchSpace()
  /// Where each flag's values were read.
  private(set) var sources: [String: String] = [:]
  private let flags: [ConfigurableFlag]
  /// The flags of the entries that were read: an entry replaces what a file says, not another entry.
  private var entries: Set<String> = []

  /// - Parameter flags: what may be searched.
  init(_ flags: [ConfigurableFlag]) { self.flags = flags }

  /// Reads a file.
  /// - Throws: `InputError` naming the file, and the key that cannot be used.
  mutating func read(_ path: String) throws {
    for (key, value) in try ConfigurationFlags.mapping(inFile: path) {
      try add(key.string ?? "?", value, path)
    }
  }

  /// Reads `flag=values`.
  /// - Throws: `InputError` naming `--set`, and the flag that cannot be used.
  mutating func read(entry: String) throws {
    let source = "--set"
    guard let sign = entry.firstIndex(of: "="),
      let values = try? Yams.compose(yaml: String(entry[entry.index(after: sign)...]))
    else { throw InputError(source, at: "\"\(entry)\"", "expected flag=values, values in YAML") }
    let name = try add(String(entry[..<sign]), values, source)
    guard entries.insert(name).inserted else {
      throw InputError(source, at: "key \"\(name)\"", "is there twice")
    }
  }

  @discardableResult
  private mutating func add(_ key: String, _ value: Node, _ source: String) throws -> String {
    let name = key.replacingOccurrences(of: "_", with: "-")
    func error(_ problem: String) -> InputError {
      InputError(source, at: "key \"\(name)\"", problem)
    }
    guard let flag = flags.first(where: { $0.name == name }) else {
      throw error("is not a flag of sparsegrad finetune that can be searched")
    }
    let dimension: SearchSpace.Dimension
    if let list = value.sequence {
      dimension = .choices(try choices(list, flag, error))
    } else if let mapping = value.mapping, flag.kind == .option {
      dimension = try range(mapping, error)
    } else {
      throw error(
        flag.kind == .flag
          ? "expected [true, false]" : "expected a list of values, or {low: ..., high: ...}")
    }
    try space.search(name, dimension, source: source)
    sources[name] = source
    return name
  }

  private func choices(
    _ list: Node.Sequence, _ flag: ConfigurableFlag, _ error: (String) -> InputError
  ) throws -> [String] {
    try list.map { node in
      switch flag.kind {
      case .flag:
        guard let value = node.bool else { throw error("expected [true, false]") }
        return String(value)
      case .option:
        guard let text = node.scalar?.string, !text.isEmpty else {
          throw error("expected a list of single values")
        }
        return text
      }
    }
  }

  private func range(_ mapping: Node.Mapping, _ error: (String) -> InputError) throws
    -> SearchSpace.Dimension
  {
    var parts: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.string, ["low", "high", "log", "step"].contains(name) else {
        throw error("\"\(key.string ?? "?")\" is not known, expected low, high, log or step")
      }
      parts[name] = value
    }
    func text(_ name: String) -> String? { parts[name]?.scalar?.string }
    guard let low = text("low").flatMap(Double.init), let high = text("high").flatMap(Double.init)
    else { throw error("expected numbers low and high") }
    let isLogarithmic = try parts["log"].map { node in
      guard let value = node.bool else { throw error("expected log to be true or false") }
      return value
    }
    if isLogarithmic == true, parts["step"] != nil {
      throw error("log and step exclude each other")
    }
    func spread<Value>(_ step: Value?) throws -> SearchSpace.Spread<Value> {
      if parts["step"] != nil, step == nil { throw error("expected step to be such a number, too") }
      return step.map { .steps(of: $0) } ?? (isLogarithmic == true ? .logarithmic : .uniform)
    }
    if let low = text("low").flatMap(Int.init), let high = text("high").flatMap(Int.init) {
      return .integers(from: low, through: high, try spread(text("step").flatMap(Int.init)))
    }
    return .reals(from: low, through: high, try spread(text("step").flatMap(Double.init)))
  }
}
