/// Functions that every template has.
enum TemplateFunction: String {
  case range, namespace, dict
  case raise = "raise_exception"
  case strftime = "strftime_now"
}
