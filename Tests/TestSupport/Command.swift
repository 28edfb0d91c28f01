import Foundation

/// The built `sparsegrad`, as a user runs it.
package final class Command: ChildProcess {
  /// It is built beside the tests. `SPARSEGRAD_TEST_COMMAND` names another program, to see that tests notice a fault.
  private static let executable =
    ProcessInfo.processInfo.environment["SPARSEGRAD_TEST_COMMAND"]
    ?? URL(
      fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        ?? CommandLine.arguments[0]
    ).deletingLastPathComponent().appendingPathComponent("sparsegrad").path

  /// The program and its arguments, for a program that starts it.
  package static func words(_ arguments: [String]) -> [String] { [executable] + arguments }

  /// Starts the command.
  /// - Parameter input: the text of standard input.
  /// - Parameter file: what standard input is instead.
  /// - Parameter fileSizeLimit: in kilobytes; a write beyond it fails as on a full disk.
  /// - Parameter addressSpaceLimit: in kilobytes.
  /// - Parameter environment: variables, each as `NAME=value`.
  package init(
    _ arguments: [String], input: String = "", reading file: URL? = nil, fileSizeLimit: Int? = nil,
    addressSpaceLimit: Int? = nil, environment: [String] = []
  ) throws {
    let limits =
      (fileSizeLimit.map { ["--fsize=\($0 << 10)"] } ?? [])
      + (addressSpaceLimit.map { ["--as=\($0 << 10)"] } ?? [])
    let variables = environment.isEmpty ? [] : ["env"] + environment
    let limiter = limits.isEmpty ? [] : ["prlimit"] + limits + ["--"]
    try super.init(
      running: variables + limiter + [Self.executable] + arguments, input: input, reading: file)
  }

  /// Runs the command to its end.
  package static func run(
    _ arguments: [String], input: String = "", fileSizeLimit: Int? = nil
  ) throws -> Result {
    try Command(arguments, input: input, fileSizeLimit: fileSizeLimit).wait()
  }
}
