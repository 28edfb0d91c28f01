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

/// What finds a value in a dictionary: numbers and truth values that are equal are one key.
enum TemplateKey: Hashable {
  case none
  case integer(Int)
  case number(Double)
  case text(UTF8Text)
  case tuple([TemplateKey])
}

/// A text that is the same as another only if its bytes are.
struct UTF8Text: Hashable {
  private let text: String

  init(_ text: String) { self.text = text }

  static func == (a: UTF8Text, b: UTF8Text) -> Bool { PythonText.isSame(a.text, b.text) }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}
