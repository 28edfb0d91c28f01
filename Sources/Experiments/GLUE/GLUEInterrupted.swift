/// A comparison that was stopped by its watcher.
public struct GLUEInterrupted: Error, CustomStringConvertible {
  /// The run that was to go on.
  public let cell: GLUECell

  /// A sentence for the user.
  public var description: String {
    "interrupted in \(cell.title); the same command goes on from there"
  }
}
