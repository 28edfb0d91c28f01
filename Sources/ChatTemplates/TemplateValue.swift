import Support

/// A value in a template, as Python has it.
indirect enum TemplateValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([TemplateValue])
  case dictionary(TemplateDictionary)
  /// A name, key or attribute that is not there.
  case undefined(String)
  /// `namespace(...)`: the one thing whose parts can be set.
  case namespace(TemplateNamespace)
  case macro(TemplateMacro)
  case function(TemplateFunction)
  /// A method that has not been called yet.
  case method(TemplateValueBox, String)

  /// What stands in a template.
  init(_ literal: TemplateLiteral) {
    switch literal {
    case .none: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .text(let text): self = .text(text)
    }
  }

  /// What a JSON value is in Python.
  init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .number(let number): self = number.integer.map { .integer($0) } ?? .number(number.double)
    case .string(let text): self = .text(text)
    case .array(let values): self = .list(values.map { TemplateValue($0) })
    case .object(let object):
      var dictionary = TemplateDictionary()
      for member in object.members { dictionary[.text(member.key)] = TemplateValue(member.value) }
      self = .dictionary(dictionary)
    }
  }

  /// Whether Python takes it for true.
  var isTrue: Bool {
    switch self {
    case .none, .undefined: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .number(let value): value != 0
    case .text(let text): !text.isEmpty
    case .list(let values): !values.isEmpty
    case .dictionary(let dictionary): !dictionary.members.isEmpty
    case .namespace, .macro, .function, .method: true
    }
  }

  /// What messages call it.
  var typeName: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .undefined(let name): "\"\(name)\", which is undefined"
    case .namespace: "a namespace"
    case .macro, .function, .method: "a function"
    }
  }

  /// The number that it counts as: truth values are 0 and 1.
  var asInteger: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  var asNumber: Double? {
    if case .number(let value) = self { value } else { asInteger.map(Double.init) }
  }

  /// Whether Python's `==` holds.
  func equals(_ other: TemplateValue) -> Bool {
    switch (self, other) {
    case (.none, .none), (.undefined, .undefined): return true
    case (.text(let a), .text(let b)): return a.unicodeScalars.elementsEqual(b.unicodeScalars)
    case (.list(let a), .list(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.equals($1) }
    case (.dictionary(let a), .dictionary(let b)):
      return a.members.count == b.members.count
        && a.members.allSatisfy { key, value in b[key]?.equals(value) ?? false }
    case (.namespace(let a), .namespace(let b)): return a === b
    default:
      if let a = asInteger, let b = other.asInteger { return a == b }
      guard let a = asNumber, let b = other.asNumber else { return false }
      return a == b
    }
  }
}

/// A value behind a reference, for methods of it.
final class TemplateValueBox {
  let value: TemplateValue
  init(_ value: TemplateValue) { self.value = value }
}

/// Keys and values in the order in which the keys came.
struct TemplateDictionary {
  private(set) var members: [(key: TemplateValue, value: TemplateValue)] = []
  private var places: [String: Int] = [:]

  /// Text keys are found at once; the few others by looking at all.
  subscript(key: TemplateValue) -> TemplateValue? {
    get { place(of: key).map { members[$0].value } }
    set {
      guard let newValue else { return }
      if let place = place(of: key) {
        members[place].value = newValue
      } else {
        if case .text(let text) = key { places[text] = members.count }
        members.append((key, newValue))
      }
    }
  }

  private func place(of key: TemplateValue) -> Int? {
    if case .text(let text) = key { return places[text] }
    return members.firstIndex { $0.key.equals(key) }
  }
}

/// What `namespace(...)` makes.
final class TemplateNamespace {
  var values: [String: TemplateValue] = [:]
}

/// Functions that every template has.
enum TemplateFunction: String {
  case range, namespace, dict
  case raise = "raise_exception"
  case strftime = "strftime_now"
}
