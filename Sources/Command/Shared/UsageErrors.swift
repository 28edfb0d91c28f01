import ArgumentParser
import SparseGrad

/// Turns errors about a flag's value into usage errors.
func checkingUsage(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as InputError where error.withFlags.source.hasPrefix("--") {
    throw ValidationError(error.withFlags.description)
  }
}

/// An empty path is an unset variable of the shell, not the current folder.
func checkPath(_ path: String, _ flag: String) throws {
  if path.isEmpty { throw ValidationError("\(flag): expected a path, got an empty text") }
}

/// An error whose words are ready to be printed.
struct ReportedError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
