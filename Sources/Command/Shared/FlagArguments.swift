/// Arguments of a subcommand, flag by flag; of a flag that stands twice the last counts.
struct FlagArguments: Sendable {
  /// Flags without their dashes, each with its argument.
  private var entries: [(name: String, argument: String)] = []
  private let kinds: [String: ConfigurableFlag.Kind]

  /// What `flags` does not know stays as it is, so that parsing complains about it.
  init(_ arguments: [String], _ flags: [ConfigurableFlag]) {
    kinds = Dictionary(flags.map { ($0.name, $0.kind) }, uniquingKeysWith: { $1 })
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let name = String(argument.drop { $0 == "-" }.prefix { $0 != "=" })
      if kinds[name] != nil { entries.removeAll { $0.name == name } }
      if kinds[name] == .option, !argument.contains("="), let value = rest.popFirst() {
        entries.append((name, "\(argument)=\(value)"))
      } else {
        entries.append((name, argument))
      }
    }
  }

  var names: [String] { entries.map(\.name) }
  var arguments: [String] { entries.map(\.argument) }

  func without(_ names: [String]) -> FlagArguments {
    var copy = self
    copy.entries.removeAll { names.contains($0.name) }
    return copy
  }

  /// The arguments, and those of more flags by their values.
  func with(_ values: [String: String]) -> [String] {
    arguments
      + values.sorted { $0.key < $1.key }.compactMap { name, value in
        switch kinds[name] {
        case .flag: value == "true" ? "--\(name)" : nil
        case .option, nil: "--\(name)=\(value)"
        }
      }
  }

  /// Whether a flag stands here, or one that says the same in another way.
  func excludes(_ name: String) -> Bool {
    let rivals = Self.rivals(of: "--" + name)
    return entries.contains { $0.name == name || rivals.contains("--" + $0.name) }
  }
}

extension FlagArguments {
  /// Flags that say the same thing in two ways: one that is typed overrides the other in a file.
  private static let alternatives: [Set<String>] = [
    ["--density", "--selected"], ["--batch-size", "--batch-tokens"],
    ["--warmup-ratio", "--warmup-steps"], ["--resume", "--overwrite"],
  ]

  static func rivals(of flag: String) -> Set<String> {
    alternatives.first { $0.contains(flag) }?.subtracting([flag]) ?? []
  }
}
