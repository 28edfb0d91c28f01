/// What is wrong with a template, or what it has raised.
struct TemplateProblem: Error {
  /// Counted from 1.
  let line: Int
  let message: String

  /// A construct of Jinja that is not known here.
  static func notSupported(_ construct: String, line: Int) -> TemplateProblem {
    TemplateProblem(line: line, message: "\(construct) is not supported")
  }
}
