/// An expression of a template, with its line.
struct TemplateExpression {
  indirect enum Form {
    case literal(TemplateLiteral)
    case name(String)
    case list([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
      TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
      by: TemplateExpression?)
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression, String, TemplateArguments)
    case test(TemplateExpression, String, [TemplateExpression])
    case not(TemplateExpression)
    case minus(TemplateExpression)
    case plus(TemplateExpression)
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case binary(TemplateOperator, TemplateExpression, TemplateExpression)
    case comparison(TemplateExpression, [(TemplateComparison, TemplateExpression)])
    case conditional(TemplateExpression, if: TemplateExpression, else: TemplateExpression?)
  }

  let form: Form
  let line: Int
}

/// A value that stands in a template.
enum TemplateLiteral {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
}

/// What a call or a filter is given.
struct TemplateArguments {
  var values: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
}

/// Signs between two values.
enum TemplateOperator: String {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case divideDown = "//"
  case remainder = "%"
  case power = "**"
  case join = "~"
}

/// Signs between values that are compared.
enum TemplateComparison: String {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case isIn = "in"
  case isNotIn = "not in"
}

/// A statement of a template, with its line.
struct TemplateStatement {
  indirect enum Form {
    case text(String)
    case output(TemplateExpression)
    case condition(
      [(test: TemplateExpression, body: [TemplateStatement])], else: [TemplateStatement])
    case loop(TemplateLoop)
    case set([String], TemplateExpression)
    case setAttribute(String, String, TemplateExpression)
    case setText(String, [TemplateStatement])
    case macro(TemplateMacro)
    case generation([TemplateStatement])
    case leaveLoop
    case nextTurn
  }

  let form: Form
  let line: Int
}

/// `{% for %}`
struct TemplateLoop {
  /// The names that an element, or its parts, get.
  let names: [String]
  let elements: TemplateExpression
  /// Which elements are taken.
  let filter: TemplateExpression?
  let body: [TemplateStatement]
  /// What is done instead if there is no element.
  let otherwise: [TemplateStatement]
}

/// `{% macro %}`
final class TemplateMacro: Sendable {
  let name: String
  let parameters: [String]
  nonisolated(unsafe) let defaults: [String: TemplateExpression]
  nonisolated(unsafe) let body: [TemplateStatement]

  init(
    name: String, parameters: [String], defaults: [String: TemplateExpression],
    body: [TemplateStatement]
  ) {
    self.name = name
    self.parameters = parameters
    self.defaults = defaults
    self.body = body
  }
}
