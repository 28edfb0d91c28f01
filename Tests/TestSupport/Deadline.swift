import Foundation

/// The moment by which that must have come what a test waits for.
package struct Deadline {
  /// How long a test waits: much longer than anything takes on a slow and busy machine, because only a failure waits
  /// to the end. `SPARSEGRAD_TEST_DEADLINE` names other seconds.
  package static let usual: Double =
    ProcessInfo.processInfo.environment["SPARSEGRAD_TEST_DEADLINE"].flatMap(Double.init) ?? 300

  /// How long it is from the beginning, in seconds.
  package let seconds: Double
  /// When it is.
  let date: Date

  package init(within seconds: Double = Self.usual) {
    self.seconds = seconds
    date = Date(timeIntervalSinceNow: seconds)
  }

  package var hasPassed: Bool { Date() >= date }

  /// Looks again and again whether the condition holds.
  /// - Returns: false when the deadline has passed before.
  package func wait(until condition: () throws -> Bool) rethrows -> Bool {
    while try !condition() {
      if hasPassed { return false }
      Thread.sleep(forTimeInterval: 0.005)
    }
    return true
  }
}
