/// Python's methods that change nothing: in the sandbox of `transformers` no others can be called.
extension TemplateRun {
  /// Methods of dictionaries.
  private enum DictionaryMethod: String {
    case items, keys, values, get, copy
  }

  /// Methods of lists.
  private enum ListMethod: String {
    case index, count, copy
  }

  /// Methods of `loop`.
  private enum LoopMethod: String {
    case cycle, changed
  }

  /// Methods that change a value: they are known only to be refused.
  private static let changingMethods: Set<String> = [
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update",
    "setdefault",
    "popitem",
  ]

  /// Python's methods of texts that are not known here.
  private static let unknownMethods: Set<String> = [
    "casefold", "center", "encode", "expandtabs", "format", "format_map", "isascii", "isdecimal",
    "isidentifier", "isnumeric", "isprintable", "istitle", "ljust", "maketrans", "rjust",
    "swapcase",
    "translate", "zfill",
  ]

  /// Whether a value has a method of that name.
  static func hasMethod(_ name: String, _ value: TemplateValue) -> Bool {
    switch value {
    case .text: TextMethod(rawValue: name) != nil || unknownMethods.contains(name)
    case .list(let list):
      ListMethod(rawValue: name) != nil && list.kind.isSequence
        || list.kind == .list && changingMethods.contains(name)
    case .dictionary:
      DictionaryMethod(rawValue: name) != nil || changingMethods.contains(name)
    case .loop: LoopMethod(rawValue: name) != nil
    default: false
    }
  }

  func call(_ method: TemplateMethod, _ given: TemplateArguments) throws -> TemplateValue {
    switch method.owner {
    case .text(let text):
      if let method = TextMethod(rawValue: method.name) { return try call(method, of: text, given) }
    case .dictionary(let dictionary):
      if let method = DictionaryMethod(rawValue: method.name) {
        return try call(method, of: dictionary, given)
      }
    case .list(let list):
      if let method = ListMethod(rawValue: method.name) { return try call(method, of: list, given) }
    case .loop(let loop):
      if let method = LoopMethod(rawValue: method.name) { return try call(method, of: loop, given) }
    default: break
    }
    if Self.unknownMethods.contains(method.name) {
      throw TemplateProblem.notSupported("the method \"\(method.name)\"", line: given.line)
    }
    throw TemplateProblem(
      line: given.line,
      message: "\"\(method.name)\" would change \(method.owner.typeName): templates change nothing")
  }

  private func call(
    _ method: DictionaryMethod, of dictionary: TemplateDictionary, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    if method == .get {
      let bound = try given.positional(1...2)
      return try dictionary[key(bound[0] ?? .none, line)] ?? bound[1] ?? .none
    }
    _ = try given.positional(0...0)
    let members = dictionary.members
    switch method {
    case .items: return try list(items(of: .dictionary(dictionary), given), .items, line)
    case .keys: return try list(members.map(\.key), .keys, line)
    case .values: return try list(members.map(\.value), .values, line)
    case .copy, .get: return .dictionary(dictionary)
    }
  }

  private func call(
    _ method: ListMethod, of list: TemplateList, _ given: TemplateArguments
  ) throws -> TemplateValue {
    if method == .copy {
      _ = try given.positional(0...0)
      return .list(list)
    }
    let element = try given.positional(1...1)[0] ?? .none
    var places: [Int] = []
    for (place, other) in list.elements.enumerated()
    where try isEqual(other, element, given.line) {
      places.append(place)
    }
    if method == .count { return .integer(places.count) }
    guard let first = places.first else { throw given.problem("finds nothing") }
    return .integer(first)
  }

  private func call(
    _ method: LoopMethod, of loop: TemplateLoopState, _ given: TemplateArguments
  ) throws -> TemplateValue {
    switch method {
    case .cycle:
      guard given.named.isEmpty, !given.values.isEmpty else {
        throw given.problem("expects values")
      }
      return given.values[loop.index % given.values.count]
    case .changed:
      guard given.named.isEmpty else { throw given.problem("expects values") }
      let value = try list(given.values, .tuple, given.line)
      let isSame = try loop.seen.map { try isEqual($0, value, given.line) } ?? false
      loop.seen = value
      return .bool(!isSame)
    }
  }
}
