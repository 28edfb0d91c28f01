/// Attributes, items and slices of values.
extension TemplateRun {
  private func missing(_ name: String, _ part: String, _ line: Int) -> TemplateProblem {
    TemplateProblem(line: line, message: "\"\(name)\" is undefined: it has no \(part)")
  }

  /// `value.name`: a method or attribute, or else a key.
  func attribute(_ name: String, of value: TemplateValue, _ line: Int) throws -> TemplateValue {
    if let found = try ownAttribute(name, of: value, line) { return found }
    if case .dictionary(let dictionary) = value, let found = dictionary[name] { return found }
    return .undefined(name)
  }

  /// A method or attribute that values of its kind have.
  private func ownAttribute(
    _ name: String, of value: TemplateValue, _ line: Int
  ) throws -> TemplateValue? {
    switch value {
    case .undefined(let owner): throw missing(owner, "\"\(name)\"", line)
    case .namespace(let namespace): return namespace.values[name]
    case .loop(let loop): if let found = loop[name] { return found }
    case .macro(let closure):
      switch name {
      case "name": return .text(closure.macro.name)
      case "arguments":
        return try list(closure.macro.parameters.map { .text($0.name) }, .tuple, line)
      default: return nil
      }
    default: break
    }
    guard Self.hasMethod(name, value) else { return nil }
    return .method(kept(TemplateMethod(name, of: value)))
  }

  /// `value[key]`: an item, or else an attribute.
  func item(_ key: TemplateValue, of value: TemplateValue, _ line: Int) throws -> TemplateValue {
    switch value {
    case .undefined(let owner): throw missing(owner, try text(of: key, line), line)
    case .dictionary(let dictionary):
      if let key = try possibleKey(key, line), let found = dictionary[key] { return found }
    case .list(let list):
      if list.kind.isSequence, let index = key.asInteger {
        return element(index, list.elements.count, line) { list.elements[$0] }
      }
    case .text(let text):
      if let index = key.asInteger {
        try step(line, text: text)
        let scalars = text.unicodeScalars
        return element(index, scalars.count, line) {
          .text(String(scalars[scalars.index(scalars.startIndex, offsetBy: $0)]))
        }
      }
    default: break
    }
    guard case .text(let name) = key else { return .undefined("the item") }
    return try ownAttribute(name, of: value, line) ?? .undefined(name)
  }

  private func element(
    _ index: Int, _ count: Int, _ line: Int, _ element: (Int) -> TemplateValue
  ) -> TemplateValue {
    let place = index < 0 ? index + count : index
    return 0..<count ~= place ? element(place) : .undefined("item \(index)")
  }

  /// `value[from:to:step]`
  func slice(
    _ value: TemplateValue, _ from: Int?, _ to: Int?, _ step: Int, _ line: Int
  ) throws -> TemplateValue {
    guard step != 0 else { throw TemplateProblem(line: line, message: "a slice has a step of 0") }
    switch value {
    case .text(let text):
      try self.step(line, text: text)
      let scalars = Array(text.unicodeScalars)
      return .text(
        PythonText.text(Self.places(from, to, step, count: scalars.count).map { scalars[$0] }))
    case .list(let list) where list.kind == .list || list.kind == .tuple:
      let places = Self.places(from, to, step, count: list.elements.count)
      return try self.list(places.map { list.elements[$0] }, list.kind, line)
    case .list(let list) where list.kind.isSequence:
      throw TemplateProblem.notSupported("a slice of \(list.kind.typeName)", line: line)
    default: throw TemplateProblem(line: line, message: "\(value.typeName) has no slices")
    }
  }

  /// Which places a slice takes.
  private static func places(_ from: Int?, _ to: Int?, _ step: Int, count: Int) -> [Int] {
    let (least, most) = step > 0 ? (0, count) : (-1, count - 1)
    func place(_ index: Int?, _ fallback: Int) -> Int {
      guard let index else { return fallback }
      return min(max(index < 0 ? index + count : index, least), most)
    }
    let start = place(from, step > 0 ? least : most)
    let end = place(to, step > 0 ? most : least)
    return Array(stride(from: start, to: end, by: step))
  }
}
