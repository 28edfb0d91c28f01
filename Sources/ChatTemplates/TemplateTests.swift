/// The tests of Jinja: `is defined`, `is string`, ...
extension TemplateRun {
  func test(
    _ name: String, _ value: TemplateValue, _ given: [TemplateValue], _ line: Int
  ) throws -> Bool {
    func argument() throws -> TemplateValue {
      guard let argument = given.first else {
        throw TemplateProblem(line: line, message: "the test \"\(name)\" expects an argument")
      }
      return argument
    }
    func integer(_ value: TemplateValue) throws -> Int {
      guard let integer = value.asInteger else {
        throw TemplateProblem(line: line, message: "\(value.typeName) is no integer")
      }
      return integer
    }
    switch (name, value) {
    case ("defined", .undefined), ("undefined", .undefined): return name == "undefined"
    case ("defined", _), ("undefined", _): return name == "defined"
    case ("none", .none): return true
    case ("none", _): return false
    case ("string", .text): return true
    case ("string", _): return false
    case ("mapping", .dictionary): return true
    case ("mapping", _): return false
    case ("sequence", .text), ("sequence", .list), ("sequence", .dictionary),
      ("sequence", .undefined), ("iterable", .text), ("iterable", .list),
      ("iterable", .dictionary), ("iterable", .undefined):
      return true
    case ("sequence", _), ("iterable", _): return false
    case ("boolean", .bool): return true
    case ("boolean", _): return false
    case ("true", .bool(let value)): return value
    case ("false", .bool(let value)): return !value
    case ("true", _), ("false", _): return false
    case ("integer", .integer): return true
    case ("integer", _): return false
    case ("float", .number): return true
    case ("float", _): return false
    case ("number", _): return value.asNumber != nil
    case ("callable", .macro), ("callable", .function), ("callable", .method): return true
    case ("callable", _): return false
    case ("odd", _): return try !integer(value).isMultiple(of: 2)
    case ("even", _): return try integer(value).isMultiple(of: 2)
    case ("divisibleby", _):
      let divisor = try integer(argument())
      guard divisor != 0 else { throw TemplateProblem(line: line, message: "a division by 0") }
      return try integer(value).isMultiple(of: divisor)
    case ("equalto", _), ("eq", _), ("==", _): return value.equals(try argument())
    case ("ne", _), ("!=", _): return !value.equals(try argument())
    case ("sameas", _): return value.equals(try argument()) && value.typeName == given[0].typeName
    case ("in", _): return try contains(argument(), value, line)
    case ("lt", _), ("lessthan", _), ("<", _): return try isLess(value, argument(), line)
    case ("gt", _), ("greaterthan", _), (">", _): return try isLess(argument(), value, line)
    case ("le", _), ("<=", _): return try !isLess(argument(), value, line)
    case ("ge", _), (">=", _): return try !isLess(value, argument(), line)
    case ("lower", _): return value.text == value.text.lowercased()
    case ("upper", _): return value.text == value.text.uppercased()
    default: throw TemplateProblem(line: line, message: "the test \"\(name)\" is not supported")
    }
  }
}
