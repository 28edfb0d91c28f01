import Support

/// What can be told of values.
extension TemplateValue {
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
    case .array(let values): self = .list(TemplateList(values.map { TemplateValue($0) }))
    case .object(let object):
      var dictionary = TemplateDictionary()
      for member in object.members {
        dictionary.set(.text(UTF8Text(member.key)), .text(member.key), TemplateValue(member.value))
      }
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
    case .list(let list): !list.elements.isEmpty
    case .dictionary(let dictionary): !dictionary.members.isEmpty
    case .iterator, .namespace, .loop, .macro, .function, .method: true
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// What messages call it.
  var typeName: String {
    switch self {
    case .none: "None"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .text: "a text"
    case .list(let list): list.kind.typeName
    case .dictionary: "a dictionary"
    case .iterator: "an iterator"
    case .undefined(let name): "\"\(name)\", which is undefined,"
    case .namespace: "a namespace"
    case .loop: "a loop"
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

  /// The number that it counts as.
  var asNumber: Double? {
    if case .number(let value) = self { value } else { asInteger.map(Double.init) }
  }
}
