import ArgumentParser
import SparseGrad

/// Turns errors about a flag's value into usage errors.
func checkingUsage(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let error as InputError where error.source.hasPrefix("--") {
    throw ValidationError(error.description)
  }
}
