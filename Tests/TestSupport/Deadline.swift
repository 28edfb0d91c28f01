import Foundation

/// How long a test waits for something outside of it.
package enum Deadline {
  /// Seconds, many more than anything takes on a slow and busy machine, because only a failure waits to the end.
  /// `SPARSEGRAD_TEST_DEADLINE` names another number.
  package static let usual: Double =
    ProcessInfo.processInfo.environment["SPARSEGRAD_TEST_DEADLINE"].flatMap(Double.init) ?? 300

  private static let interval = 0.005

  /// Looks again and again whether the condition holds.
  /// - Parameter seconds: counted by looks, because a machine that sleeps, or tests that are stopped, are no failure.
  /// - Returns: false when the time is over.
  package static func wait(
    within seconds: Double = usual, until condition: () throws -> Bool
  ) rethrows -> Bool {
    for _ in 0..<max(1, Int(seconds / interval)) {
      if try condition() { return true }
      Thread.sleep(forTimeInterval: interval)
    }
    return try condition()
  }
}
