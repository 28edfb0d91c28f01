/// Which trained models stay on the disk; records always do.
public enum GLUERetention: String, CaseIterable, Codable, Comparable, Sendable {
  /// None.
  case none
  /// The best run of each model, task and method.
  case best
  /// All.
  case all

  /// Whether this keeps fewer.
  public static func < (left: Self, right: Self) -> Bool {
    (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
  }
}

/// A comparison that was stopped by its watcher.
public struct GLUEInterrupted: Error, CustomStringConvertible {
  /// The run that was to go on.
  public let cell: GLUECell

  /// A sentence for the user.
  public var description: String {
    "interrupted in \(cell.title); the same command goes on from there"
  }
}
