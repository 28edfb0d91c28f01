// A value may hold any other, so these types stand together.

/// A value in a template, as Python has it.
enum TemplateValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list(TemplateList)
  case dictionary(TemplateDictionary)
  /// What filters such as `map` give: can be gone through once.
  case iterator(TemplateIterator)
  /// A name, key or attribute that is not there.
  case undefined(String)
  /// `namespace(...)`: the one thing whose parts can be set.
  case namespace(TemplateNamespace)
  case loop(TemplateLoopState)
  case macro(TemplateClosure)
  case function(TemplateFunction)
  case method(TemplateMethod)

  /// How many lists and dictionaries lie inside of each other.
  var depth: Int {
    switch self {
    case .list(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    default: 0
    }
  }
}

/// Values in a row, and which of Python's types they are.
final class TemplateList {
  /// What can be done with it, and how it is written.
  enum Kind: Equatable {
    case list, tuple
    case range(from: Int, to: Int, by: Int)
    case keys, values, items

    /// What messages call it.
    var typeName: String {
      switch self {
      case .list: "a list"
      case .tuple: "a tuple"
      case .range: "a range"
      case .keys, .values, .items: "a view of a dictionary"
      }
    }

    /// Whether its elements have places.
    var isSequence: Bool {
      switch self {
      case .list, .tuple, .range: true
      case .keys, .values, .items: false
      }
    }
  }

  let elements: [TemplateValue]
  let kind: Kind
  /// How many lists and dictionaries lie inside of each other, this one counted.
  let depth: Int

  init(_ elements: [TemplateValue], _ kind: Kind = .list) {
    self.elements = elements
    self.kind = kind
    depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
  }
}

/// Keys and values in the order in which the keys came.
struct TemplateDictionary {
  private(set) var members: [(key: TemplateValue, value: TemplateValue)] = []
  private var places: [TemplateKey: Int] = [:]
  /// How many lists and dictionaries lie inside of each other, this one counted.
  private(set) var depth = 1

  subscript(key: TemplateKey) -> TemplateValue? { places[key].map { members[$0].value } }

  subscript(text: String) -> TemplateValue? { self[.text(UTF8Text(text))] }

  /// Sets the value of a key, which stays where it is if it is there already.
  mutating func set(_ key: TemplateKey, _ written: TemplateValue, _ value: TemplateValue) {
    depth = max(depth, 1 + value.depth, 1 + written.depth)
    if let place = places[key] {
      members[place].value = value
    } else {
      places[key] = members.count
      members.append((written, value))
    }
  }

  mutating func set(_ text: String, _ value: TemplateValue) {
    set(.text(UTF8Text(text)), .text(text), value)
  }
}

/// A value behind a reference. Such values may hold each other in rings and in chains of any length, so a run lets go of
/// what they hold when it ends.
protocol TemplateObject: AnyObject {
  func release()
}

/// What `namespace(...)` makes.
final class TemplateNamespace: TemplateObject {
  var values = TemplateDictionary()

  func release() { values = TemplateDictionary() }
}

/// Values that can be gone through once.
final class TemplateIterator: TemplateObject {
  private var elements: ArraySlice<TemplateValue>

  init(_ elements: [TemplateValue]) { self.elements = elements[...] }

  /// What has not been gone through.
  func rest() -> [TemplateValue] {
    defer { elements = [] }
    return Array(elements)
  }

  /// The next one.
  func next() -> TemplateValue? { elements.popFirst() }

  func release() { elements = [] }
}

/// What `loop` is.
final class TemplateLoopState: TemplateObject {
  private var elements: [TemplateValue]
  /// The turn that runs, counted from 0.
  var index = 0
  /// What `loop.changed` was given last.
  var seen: TemplateValue?

  init(_ elements: [TemplateValue]) { self.elements = elements }

  /// What it tells of the turn.
  subscript(name: String) -> TemplateValue? {
    let count = elements.count
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(count - index)
    case "revindex0": return .integer(count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == count - 1)
    case "length": return .integer(count)
    // Only recursive loops, which are not known, would be deeper.
    case "depth": return .integer(1)
    case "depth0": return .integer(0)
    case "previtem": return neighbour(index - 1, "there is no previous item")
    case "nextitem": return neighbour(index + 1, "there is no next item")
    default: return nil
    }
  }

  var count: Int { elements.count }

  private func neighbour(_ place: Int, _ missing: String) -> TemplateValue {
    elements.indices.contains(place) ? elements[place] : .undefined(missing)
  }

  func release() {
    elements = []
    seen = nil
  }
}

/// A macro, and where it finds the names that are not its own.
final class TemplateClosure: TemplateObject {
  let macro: TemplateMacro
  private(set) var scope: TemplateScope?

  init(_ macro: TemplateMacro, _ scope: TemplateScope) {
    self.macro = macro
    self.scope = scope
  }

  func release() { scope = nil }
}

/// A method of a value, not called yet.
final class TemplateMethod: TemplateObject {
  private(set) var owner: TemplateValue
  let name: String

  init(_ name: String, of owner: TemplateValue) {
    self.name = name
    self.owner = owner
  }

  func release() { owner = .none }
}

/// Names and their values, inside of others.
final class TemplateScope {
  private var values: [String: TemplateValue] = [:]
  private let outside: TemplateScope?

  init(inside outside: TemplateScope?) { self.outside = outside }

  func value(of name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let current = scope {
      if let value = current.values[name] { return value }
      scope = current.outside
    }
    return nil
  }

  func set(_ name: String, _ value: TemplateValue) { values[name] = value }
}
