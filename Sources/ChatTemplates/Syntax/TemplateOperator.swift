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
