/// An expression of a template, with its line.
struct TemplateExpression: Sendable {
  indirect enum Form: Sendable {
    case literal(TemplateLiteral)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dictionary([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
      TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
      by: TemplateExpression?)
    case call(TemplateExpression, TemplateCallArguments)
    case filter(TemplateExpression, TemplateFilter, TemplateCallArguments)
    case test(TemplateExpression, TemplateTest, TemplateCallArguments)
    /// A filter or test that is not known: an error once it is needed, as branches that are not taken may hold anything.
    case unknown(String)
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

/// A value that is written in a template.
enum TemplateLiteral: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
}

/// What a call, a filter or a test is given.
struct TemplateCallArguments: Sendable {
  var values: [TemplateExpression] = []
  var named: [(name: String, value: TemplateExpression)] = []
  /// More values: `*list`.
  var more: TemplateExpression?
  /// More named ones: `**dictionary`.
  var moreNamed: TemplateExpression?
}
