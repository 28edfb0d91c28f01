import Foundation
import Support

/// Ends the process with a message: in the middle of a computation there is no way to go on without memory.
func outOfMemory(_ bytes: Int) -> Never { end(.memory(bytes)) }

/// Ends the process where oneDNN cannot compute a product that it has a kernel for: there is no room for the kernel, or for what it
/// needs beside its operands.
/// - Parameter status: what oneDNN returned.
func outOfMemory(product: String, status: Int32) -> Never {
  end(
    InputError(
      "memory",
      "oneDNN failed to multiply \(product) (status \(status)), expected more memory or a higher limit (ulimit -v)"
    ))
}

/// Never given back: of several threads that fail at once, one says so.
private let ending = NSLock()

private func end(_ error: InputError) -> Never {
  ending.lock()
  FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
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
