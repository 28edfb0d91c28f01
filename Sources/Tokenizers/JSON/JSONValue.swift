/// A JSON document (RFC 8259).
///
/// Foundation's parsers keep objects as dictionaries of `String`, which takes canonically equivalent
/// keys for one; a vocabulary may hold both. Here members stay a list, in the order of the file.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// Only a number without fraction or exponent that fits is an integer.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
}
