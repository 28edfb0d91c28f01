import Foundation

/// A program that a test has started. It ends in time or is killed with all that it has started, and it ends with the
/// test at the latest.
package class ChildProcess {
  /// What has become of it.
  package struct Result: CustomStringConvertible, Sendable {
    package let command: [String]
    /// The exit status, or nil if a signal ended it.
    package let status: Int32?
    package let output: String
    package let errors: String
    /// The status in words.
    fileprivate let ending: String

    package var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The command, its status and the ends of what it has written.
    package var description: String {
      """
      \(command.joined(separator: " "))
      \(ending)
      standard output: \(Self.end(of: output))
      standard error: \(Self.end(of: errors))
      """
    }

    private static func end(of text: String) -> String {
      if text.isEmpty { return "(nothing)" }
      let end = text.suffix(2000)
      return (end.count < text.count ? "…" : "") + end
    }
  }

  /// It did not do what the test waited for.
  package struct Failure: Error, CustomStringConvertible {
    package let problem: String
    package let result: Result

    package init(problem: String, result: Result) {
      (self.problem, self.result) = (problem, result)
    }

    package var description: String { "\(problem): \(result)" }
  }

  private let command: [String]
  private let folder: TemporaryFolder
  private let process: SpawnedProcess

  /// Starts a program.
  /// - Parameter command: the program, by its path or as found on `PATH`, and its arguments.
  /// - Parameter input: the text of standard input.
  /// - Parameter file: what standard input is instead.
  package init(running command: [String], input: String = "", reading file: URL? = nil) throws {
    self.command = command
    folder = try TemporaryFolder()
    try folder.write("input", input)
    for name in ["output", "errors"] { try folder.write(name, "") }
    process = try SpawnedProcess(
      .init(
        command: command, environment: ProcessInfo.processInfo.environment,
        input: file ?? folder("input"), output: folder("output"), errors: folder("errors")))
  }

  deinit { process.killSession() }

  package func send(_ signal: Int32) { process.send(signal) }

  /// What it has written to standard output so far.
  package func output() throws -> String { try text("output") }

  /// What it has written to standard error so far.
  package func errors() throws -> String { try text("errors") }

  /// Waits for its end.
  /// - Throws: `Failure` when it has not ended in time.
  @discardableResult
  package func wait(within seconds: Double = Deadline.usual) throws -> Result {
    guard Deadline.wait(within: seconds, until: { process.ending != nil }) else {
      throw try late("has not ended", seconds)
    }
    let result = try result()
    CommandLog.current?.add(result)
    return result
  }

  /// Waits until it has done something.
  /// - Parameter event: what the test waits for.
  /// - Throws: `Failure` when it has ended before, or has not done it in time.
  package func wait(
    for event: String, within seconds: Double = Deadline.usual, until condition: () throws -> Bool
  ) throws {
    var hasEnded = false
    let isInTime = try Deadline.wait(within: seconds) {
      // It may have done it and ended since the last look.
      hasEnded = process.ending != nil
      return try condition() || hasEnded
    }
    guard isInTime else { throw try late("has not come to \(event)", seconds) }
    if hasEnded, try !condition() {
      throw Failure(problem: "has ended before \(event)", result: try result())
    }
  }

  /// Kills it.
  private func late(_ problem: String, _ seconds: Double) throws -> Failure {
    let result = try result()
    process.killSession()
    return Failure(problem: "\(problem) within \(seconds) seconds and was killed", result: result)
  }

  private func result() throws -> Result {
    let (status, ending): (Int32?, String) =
      switch process.ending {
      case nil: (nil, "was running")
      case .exit(let status): (status, "exit status \(status)")
      case .signal(let signal): (nil, "ended by signal \(signal)")
      }
    return Result(
      command: command, status: status, output: try output(), errors: try errors(), ending: ending)
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try folder.url.data(name), as: UTF8.self)
  }
}
