/// Writes values, and stops at what is too long: lists that hold each other may be written as far more than they take.
struct TemplateWriter {
  private(set) var text = ""
  private let line: Int

  init(line: Int) { self.line = line }

  mutating func write(_ more: String) throws {
    text += more
    guard text.utf8.count <= TemplateLimit.bytes else {
      throw TemplateProblem(
        line: line, message: "makes a text of more than \(TemplateLimit.bytes >> 20) MiB")
    }
  }

  /// Writes parts with something between them.
  mutating func write<Part>(
    _ parts: some Sequence<Part>, between separator: String,
    _ part: (inout TemplateWriter, Part) throws -> Void
  ) throws {
    for (index, element) in parts.enumerated() {
      if index > 0 { try write(separator) }
      try part(&self, element)
    }
  }

  // MARK: Python

  /// Python's `str`.
  static func text(of value: TemplateValue, line: Int) throws -> String {
    switch value {
    case .text(let text): return text
    case .undefined: return ""
    default:
      var writer = TemplateWriter(line: line)
      try writer.write(value, depth: 0)
      return writer.text
    }
  }

  /// Python's `repr`.
  private mutating func write(_ value: TemplateValue, depth: Int) throws {
    guard depth <= TemplateLimit.nesting else {
      throw TemplateProblem(
        line: line, message: "values are nested more than \(TemplateLimit.nesting) deep")
    }
    switch value {
    case .none: try write("None")
    case .bool(let value): try write(value ? "True" : "False")
    case .integer(let value): try write("\(value)")
    case .number(let value): try write(PythonNumber.text(of: value))
    case .text(let text): try write(PythonText.quoted(text))
    case .list(let list): try write(list, depth: depth)
    case .dictionary(let dictionary): try write(dictionary, depth: depth)
    case .undefined: try write("Undefined")
    case .namespace(let namespace):
      try write("<Namespace ")
      try write(namespace.values, depth: depth)
      try write(">")
    case .loop(let loop): try write("<LoopContext \(loop.index + 1)/\(loop.count)>")
    case .macro(let closure): try write("<Macro \(PythonText.quoted(closure.macro.name))>")
    case .iterator, .function, .method:
      throw TemplateProblem(line: line, message: "\(value.typeName) cannot be written")
    }
  }

  private mutating func write(_ list: TemplateList, depth: Int) throws {
    let (open, close): (String, String)
    switch list.kind {
    case .range(let from, let to, let step):
      return try write("range(\(from), \(to)\(step == 1 ? "" : ", \(step)"))")
    case .list: (open, close) = ("[", "]")
    case .tuple: (open, close) = ("(", list.elements.count == 1 ? ",)" : ")")
    case .keys: (open, close) = ("dict_keys([", "])")
    case .values: (open, close) = ("dict_values([", "])")
    case .items: (open, close) = ("dict_items([", "])")
    }
    try write(open)
    try write(list.elements, between: ", ") { try $0.write($1, depth: depth + 1) }
    try write(close)
  }

  private mutating func write(_ dictionary: TemplateDictionary, depth: Int) throws {
    try write("{")
    try write(dictionary.members, between: ", ") { writer, member in
      try writer.write(member.key, depth: depth + 1)
      try writer.write(": ")
      try writer.write(member.value, depth: depth + 1)
    }
    try write("}")
  }
}
