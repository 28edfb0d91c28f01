/// How far a template may go, whoever wrote it.
enum TemplateLimit {
  /// Of its source, in bytes.
  static let source = 1 << 20
  /// Statements inside of each other.
  static let blocks = 30
  /// Parentheses and the like inside of each other.
  static let parentheses = 60
  /// Signs, parts, calls and filters of one tag: each may lie inside of the next.
  static let parts = 400
  /// Statements and parts of expressions that are evaluated, each weighed by what it copies.
  static let steps = 2_000_000
  /// Statements and parts of expressions that are being evaluated inside of each other: what the stack holds.
  static let depth = 300
  /// Macros that call each other.
  static let calls = 30
  /// Of the output, and of every text that is made on the way.
  static let bytes = 16 << 20
  /// Of a list, and of a range.
  static let elements = 100_000
  /// Lists and dictionaries inside of each other.
  static let nesting = 200
}
