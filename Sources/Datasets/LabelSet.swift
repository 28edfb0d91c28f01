import Support

/// The labels of a classification, in the order of the model's outputs.
///
/// Everywhere that a label is read (training, evaluation, the head of a model that is kept) the same rule says which
/// one it is: `index(of:)`.
public struct LabelSet: Sendable {
  /// The names; a label's index is its place here.
  public let names: [String]
  /// By what labels are compared: their indices, nil where several share it.
  private let indices: [LabelIdentity: [String: Int?]]
  private let acceptsIndices: Bool

  /// Takes labels in the order given.
  /// - Parameters:
  ///   - names: the labels; a label is numbered by its place.
  ///   - source: where they come from (a file, a flag), for messages.
  /// - Throws: `InputError` if there are fewer than two, or one is empty or occurs twice.
  public init(_ names: [String], source: String) throws {
    guard names.count > 1 else {
      let found = names.first.map { "only the label \"\($0)\"" } ?? "no label"
      throw InputError(source, "has \(found); a classification needs at least two")
    }
    guard names.allSatisfy({ !LabelIdentity.trimmed($0).isEmpty }) else {
      throw InputError(source, "has an empty label")
    }
    let again = Dictionary(grouping: names, by: \.self).filter { $1.count > 1 }.keys
    if let name = again.min() { throw InputError(source, "has the label \"\(name)\" twice") }
    self.init(distinct: names)
  }

  /// Takes at least two names, all different.
  init(distinct names: [String]) {
    self.names = names
    indices = Dictionary(
      uniqueKeysWithValues: LabelIdentity.allCases.map { identity in
        let keys = names.enumerated().compactMap { index, name in
          identity.key(of: name).map { ($0, Int?.some(index)) }
        }
        return (identity, Dictionary(keys, uniquingKeysWith: { _, _ in nil }))
      })
    acceptsIndices = !names.contains { Int($0) != nil || LabelIdentity.number.key(of: $0) != nil }
  }

  /// The different values of a label column, sorted: as numbers if all are, else as text. White space around them is
  /// left out; of values that are the same number the shortest is the name.
  /// - Throws: `InputError` naming the file if there are fewer than two.
  public init(sorting values: some Sequence<String>, source: String) throws {
    let texts = Set(values.map(LabelIdentity.trimmed)).sorted { (a: String, b: String) in
      a.count == b.count ? a < b : a.count < b.count
    }
    var numbers: Set<String> = []
    let names = texts.filter { text in
      LabelIdentity.number.key(of: text).map { numbers.insert($0).inserted } ?? true
    }
    try self.init(Self.sorted(names), source: source)
  }

  private static func sorted(_ names: [String]) -> [String] {
    func byNumber<Number: Comparable>(_ numbers: [Number]) -> [String] {
      zip(numbers, names).sorted { $0 < $1 }.map(\.1)
    }
    let integers = names.compactMap { Int($0) }
    if integers.count == names.count { return byNumber(integers) }
    let numbers = names.compactMap { LabelIdentity.number.key(of: $0) }.compactMap { Double($0) }
    return numbers.count == names.count ? byNumber(numbers) : names.sorted()
  }

  /// How many labels there are.
  public var count: Int { names.count }

  /// The index of a label as it stands in a file: that of the name that is the same, white space around it left out;
  /// else of the only one that is the same but for upper and lower case; else of the only one that is the same number.
  /// Where no name is a number, a label may also be its index in decimal digits. Nil if it is none of these.
  public func index(of value: String) -> Int? {
    if let index = index(named: value) { return index }
    guard acceptsIndices, let index = Int(LabelIdentity.trimmed(value)),
      names.indices.contains(index)
    else { return nil }
    return index
  }

  /// The same by names alone.
  func index(named value: String) -> Int? {
    for identity in LabelIdentity.allCases {
      guard let key = identity.key(of: value), let found = indices[identity]?[key] else { continue }
      // Of several that are alike none is meant.
      return found
    }
    return nil
  }

  /// For each of these labels, the index that another model gives to it: by the rule of `index(of:)`. A model that
  /// never named its labels (`LABEL_0`, `LABEL_1`, ...) is taken to number them as this set does, if it has as many.
  /// - Throws: `InputError` naming `source` and both sets if a label is not the model's, or two are the same one.
  public func map(onto model: LabelSet, source: String) throws -> [Int] {
    if model.isUnnamed, model.count == count,
      !names.contains(where: { model.index(named: $0) != nil })
    {
      return Array(names.indices)
    }
    var taken: [Int: String] = [:]
    return try names.map { name in
      guard let index = model.index(of: name) else {
        throw InputError(source, "has the label \"\(name)\", the model has \(model.list)")
      }
      if let other = taken.updateValue(name, forKey: index) {
        throw InputError(
          source,
          "has the labels \"\(other)\" and \"\(name)\", which both are the model's "
            + "\"\(model.names[index])\"")
      }
      return index
    }
  }

  /// Whether nobody has given the labels names: they are `LABEL_0`, `LABEL_1`, ...
  public var isUnnamed: Bool { names == names.indices.map { "LABEL_\($0)" } }

  /// Whether every one of these labels is the name of one of the model's, not its index.
  public func areNames(in model: LabelSet) -> Bool {
    names.allSatisfy { model.index(named: $0) != nil }
  }

  /// Labels that differ in nothing but upper and lower case.
  public var alikeButForCase: [[String]] {
    Dictionary(grouping: names) { LabelIdentity.foldedText.key(of: $0) }.values
      .filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// Whether the labels are numbers that measure something, more likely than classes: there are fractions among them,
  /// or more than 20 that do not simply count from 0 or 1.
  public var areMeasurements: Bool {
    let numbers = names.compactMap { LabelIdentity.number.key(of: $0) }.compactMap { Double($0) }
    guard numbers.count == count else { return false }
    if numbers.contains(where: { $0 != $0.rounded() }) { return true }
    let first = numbers.min() ?? 0
    let count = numbers.enumerated().allSatisfy { $1 == first + Double($0) }
    return numbers.count > 20 && !((first == 0 || first == 1) && count)
  }

  /// The names for a message, shortened if there are many.
  public var list: String { quotedList(names) }
}

extension LabelSet: Equatable {
  /// Whether both have the same names in the same order.
  public static func == (a: LabelSet, b: LabelSet) -> Bool { a.names == b.names }
}
