/// Where a text stops being JSON, and why.
package struct JSONSyntaxError: Error {
  /// The position in bytes from the start.
  package let offset: Int
  /// What is wrong there, such as "expected a value".
  package let problem: String
}
