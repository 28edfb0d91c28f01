import Support

/// The labels of a classification, in the order of the model's outputs.
public struct LabelSet: Equatable, Sendable {
  /// The names; a label's index is its place here.
  public let names: [String]
  private let indices: [String: Int]
  private let acceptsIndices: Bool

  /// Takes labels in the order given.
  /// - Parameter source: where they come from (a file, a flag), for messages.
  /// - Throws: `InputError` if there are fewer than two or one occurs twice.
  public init(_ names: [String], source: String) throws {
    guard names.count > 1 else {
      let found = names.first.map { "only the label \"\($0)\"" } ?? "no label"
      throw InputError(source, "has \(found); a classification needs at least two")
    }
    let again = Dictionary(grouping: names, by: \.self).filter { $1.count > 1 }.keys
    if let name = again.min() { throw InputError(source, "has the label \"\(name)\" twice") }
    self.init(distinct: names)
  }

  /// Takes at least two names, all different.
  init(distinct names: [String]) {
    self.names = names
    indices = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    acceptsIndices = !names.contains { Int($0) != nil }
  }

  /// The different values of a label column, sorted: as numbers if all are integers, else as text.
  /// - Throws: `InputError` naming the file if there are fewer than two.
  public init(sorting values: some Sequence<String>, source: String) throws {
    let names = Set(values).sorted()
    let numbers = names.compactMap { Int($0) }
    if numbers.count == names.count {
      let pairs = zip(numbers, names).sorted { $0 < $1 }
      try self.init(pairs.map(\.1), source: source)
    } else {
      try self.init(names, source: source)
    }
  }

  /// How many labels there are.
  public var count: Int { names.count }

  /// The index of a label as it stands in a file: its name or, if no name is itself a number, the
  /// index in decimal digits. Nil if it is neither.
  public func index(of value: String) -> Int? {
    if let index = indices[value] { return index }
    guard acceptsIndices, let index = Int(value), names.indices.contains(index) else { return nil }
    return index
  }

  /// The index of the label with a name; nil if there is none.
  func index(named name: String) -> Int? { indices[name] }

  /// For each of these labels, the index that another model gives to it. Names are compared without
  /// regard to case; a model that never named its labels (`LABEL_0`, `LABEL_1`, ...) is taken to
  /// number them as this set does.
  /// - Throws: `InputError` naming `source` and both sets.
  public func map(onto model: LabelSet, source: String) throws -> [Int] {
    if model.count == count, model.names == names.indices.map({ "LABEL_\($0)" }) {
      return Array(names.indices)
    }
    let known = model.names.enumerated().map { (name: $1.lowercased(), index: $0) }
    return try names.map { name in
      let matches = known.filter { $0.name == name.lowercased() }
      guard let match = matches.first, matches.count == 1 else {
        throw InputError(source, "has the label \"\(name)\", the model has \(model.list)")
      }
      return match.index
    }
  }

  /// The names for a message, shortened if there are many.
  var list: String { quotedList(names) }
}
