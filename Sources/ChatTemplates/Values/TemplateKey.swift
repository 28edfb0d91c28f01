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
