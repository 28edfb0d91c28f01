import Support

/// Comma-separated values as RFC 4180 defines them: a field in quotes may hold commas, line breaks
/// and doubled quotes. A quote inside an unquoted field is an ordinary character.
///
/// The reader works on bytes: by `Character`, a comma before a combining accent would be no comma.
struct CSVReader: RecordReader {
  private(set) var columns: [String] = []
  private let name: String
  private var rest: ArraySlice<UInt8>
  private var line = 1
  private var isAtEnd: Bool

  init(_ file: TextFile) throws {
    name = file.name
    rest = file.bytes
    isAtEnd = rest.isEmpty
    guard let header = try next() else {
      throw InputError(file.name, "is empty; expected a header line")
    }
    columns = header.fields.map { $0.text ?? "" }
  }

  mutating func next() throws -> Record? {
    guard !isAtEnd else { return nil }
    let start = line
    var fields: [Record.Field] = []
    var end = FieldEnd.comma
    while end == .comma {
      let field = rest.first == UInt8(ascii: "\"") ? try quotedField() : plainField()
      fields.append(.text(field))
      end = try endOfField()
    }
    isAtEnd = end == .file
    return Record(line: start, fields: fields)
  }

  private enum FieldEnd {
    case comma
    case line
    case file
  }

  private mutating func plainField() -> String {
    let isEnd = { (byte: UInt8) in byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") }
    let end = rest.firstIndex(where: isEnd) ?? rest.endIndex
    var field = rest[..<end]
    rest = rest[end...]
    if rest.first != UInt8(ascii: ","), field.last == UInt8(ascii: "\r") { field.removeLast() }
    return String(decoding: field, as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    let start = line
    var field: [UInt8] = []
    repeat {
      // At an opening quote, or at the second of two that stand for one.
      let content = rest.dropFirst()
      guard let end = content.firstIndex(of: UInt8(ascii: "\"")) else {
        throw InputError(name, at: "line \(start)", "a quote is opened and never closed")
      }
      field += content[..<end]
      rest = content[(end + 1)...]
      if rest.first == UInt8(ascii: "\"") { field.append(UInt8(ascii: "\"")) }
    } while rest.first == UInt8(ascii: "\"")
    line += field.count { $0 == UInt8(ascii: "\n") }
    return String(decoding: field, as: UTF8.self)
  }

  private mutating func endOfField() throws -> FieldEnd {
    if rest.starts(with: [UInt8(ascii: "\r"), UInt8(ascii: "\n")]) { rest.removeFirst() }
    switch rest.popFirst() {
    case nil: return .file
    case UInt8(ascii: ","): return .comma
    case UInt8(ascii: "\n"):
      line += 1
      return .line
    default:
      throw InputError(
        name, at: "line \(line)",
        "text after a closing quote; inside quotes, a quote is written twice")
    }
  }
}
