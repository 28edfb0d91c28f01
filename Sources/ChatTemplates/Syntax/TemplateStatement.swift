/// A statement of a template, with its line.
struct TemplateStatement: Sendable {
  indirect enum Form: Sendable {
    case text(String)
    case output(TemplateExpression)
    case condition(
      [(test: TemplateExpression, body: [TemplateStatement])], else: [TemplateStatement])
    case loop(TemplateLoop)
    case set(TemplateTarget, TemplateExpression)
    /// `{% set name %}...{% endset %}`, with filters of its text.
    case setText(TemplateTarget, TemplateTextBlock)
    /// `{% filter upper %}...{% endfilter %}`
    case filtered(TemplateTextBlock)
    /// `{% with a = 1 %}...{% endwith %}`
    case with([(target: TemplateTarget, value: TemplateExpression)], [TemplateStatement])
    case macro(TemplateMacro)
    /// `{% call(...) name(...) %}...{% endcall %}`: a call, and what `caller` is in it.
    case call(TemplateExpression, TemplateCallArguments, caller: TemplateMacro)
    case generation([TemplateStatement])
    case leaveLoop
    case nextTurn
  }

  let form: Form
  let line: Int
}

/// Where a value goes to.
indirect enum TemplateTarget: Sendable {
  case name(String)
  /// Of a namespace.
  case attribute(String, String)
  case parts([TemplateTarget])
}

/// `{% for %}`
struct TemplateLoop: Sendable {
  /// What an element, or its parts, are called.
  let target: TemplateTarget
  let elements: TemplateExpression
  /// Which elements are taken.
  let filter: TemplateExpression?
  let body: [TemplateStatement]
  /// What is done instead if no turn came to its end.
  let otherwise: [TemplateStatement]
}

/// Statements whose text is used otherwise than by writing it.
struct TemplateTextBlock: Sendable {
  /// The name under which the filters find the text: none that a template could write.
  static let name = " text"

  let body: [TemplateStatement]
  /// What becomes of the text.
  let filters: TemplateExpression
}

/// `{% macro %}`, or the body of `{% call %}`.
struct TemplateMacro: Sendable {
  let name: String
  let parameters: [Parameter]
  let body: [TemplateStatement]
  /// Whether it reads `varargs`, and so takes more values than it has parameters.
  let takesMore: Bool
  /// Whether it reads `kwargs`, and so takes names that are none of its parameters'.
  let takesMoreNamed: Bool

  /// What a macro may be given.
  struct Parameter: Sendable {
    let name: String
    let fallback: TemplateExpression?
  }
}
