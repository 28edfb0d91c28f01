import Foundation
import SparseGrad

/// The built `sparsegrad`, as a user runs it.
package struct Command {
  package struct Result {
    /// The exit status, or nil if a signal ended it.
    package let status: Int32?
    package let output: String
    package let errors: String

    package var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// It is built beside the tests.
  private static let executable = URL(
    fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  ).deletingLastPathComponent().appendingPathComponent("sparsegrad")

  private let process = Process()
  private let folder: TemporaryFolder

  /// Starts the command.
  /// - Parameter input: the text of standard input.
  /// - Parameter fileSizeLimit: in kilobytes; a write beyond it fails as on a full disk.
  package init(_ arguments: [String], input: String = "", fileSizeLimit: Int? = nil) throws {
    folder = try TemporaryFolder()
    try folder.write("input", input)
    for name in ["output", "errors"] { try folder.write(name, "") }
    if let fileSizeLimit {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      let script = "ulimit -f \(fileSizeLimit); exec \"$@\""
      process.arguments = ["-c", script, "bash", Self.executable.path] + arguments
    } else {
      process.executableURL = Self.executable
      process.arguments = arguments
    }
    process.standardInput = try FileHandle(forReadingFrom: folder("input"))
    process.standardOutput = try FileHandle(forWritingTo: folder("output"))
    process.standardError = try FileHandle(forWritingTo: folder("errors"))
    try process.run()
  }

  package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// What it has written to standard error so far.
  package func errors() throws -> String {
    String(decoding: try folder.url.data("errors"), as: UTF8.self)
  }

  package func wait() throws -> Result {
    process.waitUntilExit()
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : nil,
      output: String(decoding: try folder.url.data("output"), as: UTF8.self),
      errors: try errors())
  }

  /// Runs the command to its end.
  package static func run(_ arguments: [String], input: String = "", fileSizeLimit: Int? = nil)
    throws
    -> Result
  {
    try Command(arguments, input: input, fileSizeLimit: fileSizeLimit).wait()
  }
}
