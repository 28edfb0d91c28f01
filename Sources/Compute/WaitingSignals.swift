import CKernels
import Foundation

/// Signals that wait while the calling thread computes a product.
///
/// Kernels of oneDNN use the stack pointer as an ordinary register at times. A signal handler that ran among them would
/// write its frame into the heap. The pool's threads hear no signals at all (`parallel.c`); those of the thread that
/// asks for a product, which belongs to somebody else, are late by one product. What the thread itself causes, such as
/// a fault of memory, cannot wait.
struct WaitingSignals {
  private let before = ck_block_signals()

  /// The signals that have come meanwhile are handled.
  func goOn() { ck_restore_signals(before) }
}
