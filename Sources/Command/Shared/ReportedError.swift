/// An error whose words are ready to be printed.
struct ReportedError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
