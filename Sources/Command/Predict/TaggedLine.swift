import SparseGrad

/// The entities of a text, as a line of JSON or of fields.
struct TaggedLine: Encodable {
  let line: Int
  let id: String?
  let text: String
  let entities: [WordsInText.Span]

  init(_ text: InputText, _ spans: [WordsInText.Span]) {
    (line, id) = (text.line, text.id)
    self.text = text.example.text
    entities = spans
  }

  /// The entities as `TYPE:text`, with commas between them, or a dash if there are none; then the text.
  var fields: String {
    let list = entities.map { "\($0.type):\($0.text)".asField }.joined(separator: ", ")
    return "\(list.isEmpty ? "-" : list)\t\(text.asField)"
  }
}
