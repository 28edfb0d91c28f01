/// A piece of a template's source.
enum TemplatePiece: Equatable {
  /// Text that is written as it stands.
  case text(String)
  /// What stands between `{{` and `}}`.
  case output([TemplateToken])
  /// What stands between `{%` and `%}`.
  case statement([TemplateToken])
}

/// A word, number, text or sign inside a tag, and its line, counted from 1.
struct TemplateToken: Equatable {
  /// What it is.
  enum Kind: Equatable {
    case name(String)
    case text(String)
    case integer(Int)
    case number(Double)
    case sign(String)
  }

  let kind: Kind
  let line: Int
}
