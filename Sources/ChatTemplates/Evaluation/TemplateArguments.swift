/// What a function, method, filter or test is given, evaluated.
struct TemplateArguments {
  /// What is called, for messages.
  let callee: String
  var values: [TemplateValue]
  var named: [(name: String, value: TemplateValue)]
  let line: Int

  func problem(_ message: String) -> TemplateProblem {
    TemplateProblem(line: line, message: "\"\(callee)\" \(message)")
  }

  /// The arguments by the order of their names, as Python binds them; nil for those that are left out.
  /// - Parameter required: how many of them there must be.
  func bound(_ names: String..., required: Int = 0) throws -> [TemplateValue?] {
    guard values.count <= names.count else {
      throw problem("takes at most \(names.count) arguments, not \(values.count)")
    }
    var bound: [TemplateValue?] = values + Array(repeating: nil, count: names.count - values.count)
    for (name, value) in named {
      guard let place = names.firstIndex(of: name), bound[place] == nil else {
        throw problem("cannot be given \"\(name)\"")
      }
      bound[place] = value
    }
    for place in 0..<required where bound[place] == nil {
      throw problem("expects \"\(names[place])\"")
    }
    return bound
  }

  /// Arguments that Python takes by their places only.
  func positional(_ count: ClosedRange<Int>) throws -> [TemplateValue?] {
    guard named.isEmpty, count.contains(values.count) else {
      throw problem("cannot be given these arguments")
    }
    return values + Array(repeating: nil, count: count.upperBound - values.count)
  }

  /// The text that an argument must be; nil if it is left out.
  func text(_ value: TemplateValue?) throws -> String? {
    guard let value else { return nil }
    guard case .text(let text) = value else {
      throw problem("expects a text, not \(value.typeName)")
    }
    return text
  }

  /// The same, None meaning that it is left out.
  func optionalText(_ value: TemplateValue?) throws -> String? {
    if case .none? = value { return nil }
    return try text(value)
  }

  /// The integer that an argument must be; nil if it is left out.
  func integer(_ value: TemplateValue?) throws -> Int? {
    guard let value else { return nil }
    guard let integer = value.asInteger else {
      throw problem("expects an integer, not \(value.typeName)")
    }
    return integer
  }

  /// How many times something is done at most: as often as possible for what is negative or left out.
  func count(_ value: TemplateValue?) throws -> Int {
    let count = try integer(value) ?? -1
    return count < 0 ? .max : count
  }
}
