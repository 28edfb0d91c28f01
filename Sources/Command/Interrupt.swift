import Foundation
import SparseGrad
import Synchronization

/// Ctrl-C (and a polite kill) asks the run to stop after its step; a second one ends it at once.
final class Interrupt {
  private static let requested = Atomic<Bool>(false)
  private static let signals = [SIGINT, SIGTERM]

  init() {
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in Self.signals {
      sigaddset(&mask, number)
      signal(number) { number in
        Interrupt.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    // Whoever started this process may have had them blocked.
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  /// The search that has started this process; nobody wants a trial of a search that has ended.
  private let search = ProcessInfo.processInfo.environment[FinetuneProcess.searchVariable]

  /// Whether a signal has arrived.
  static var hasSignal: Bool { requested.load(ordering: .relaxed) }

  var wasRequested: Bool {
    Self.hasSignal || (search.map { $0 != String(getppid()) } ?? false)
  }
}
