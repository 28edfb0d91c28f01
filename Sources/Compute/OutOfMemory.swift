import Foundation
import Support

/// Ends the process with a message: in the middle of a computation there is no way to go on without memory.
func outOfMemory(_ bytes: Int) -> Never {
  FileHandle.standardError.write(Data("Error: \(InputError.memory(bytes))\n".utf8))
  exit(EXIT_FAILURE)
}

extension InputError {
  /// The system refuses memory, or addresses for it.
  static func memory(_ bytes: Int) -> InputError {
    InputError(
      "memory",
      "the system refuses \(bytes) more bytes, expected a smaller batch or model, or a higher limit (ulimit -v)"
    )
  }
}
