/// The tests of Jinja: `is defined`, `is string`, ...
enum TemplateTest: String {
  case defined, undefined, none, string, mapping, sequence, iterable, boolean, `true`, `false`
  case integer, float, number, callable, odd, even, divisibleby, sameas, `in`, lower, upper
  case filter, test
  case equalTo = "equalto"
  case eq, ne, lt, le, gt, ge
  case lessThan = "lessthan"
  case greaterThan = "greaterthan"
  case equalSign = "=="
  case notEqualSign = "!="
  case lessSign = "<"
  case lessOrEqualSign = "<="
  case greaterSign = ">"
  case greaterOrEqualSign = ">="

  /// The comparison that a test is, if it is one.
  var comparison: TemplateComparison? {
    switch self {
    case .equalTo, .eq, .equalSign: .equal
    case .ne, .notEqualSign: .notEqual
    case .lt, .lessThan, .lessSign: .less
    case .le, .lessOrEqualSign: .lessOrEqual
    case .gt, .greaterThan, .greaterSign: .greater
    case .ge, .greaterOrEqualSign: .greaterOrEqual
    case .in: .isIn
    default: nil
    }
  }
}
