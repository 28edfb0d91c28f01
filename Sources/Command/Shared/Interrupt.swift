import Foundation
import SparseGrad
import Synchronization

/// Ctrl-C, a polite kill and a terminal that closes ask the run to stop after its step; a second Ctrl-C or kill ends it
/// at once.
///
/// The handler may run on any thread, as none runs while a product is computed (see docs/engine.md, "Signals").
final class Interrupt {
  private static let requested = Atomic<Bool>(false)

  init() {
    // A reader of messages that has gone is an error of writing, not a reason to lose steps.
    signal(SIGPIPE, SIG_IGN)
    Self.listen(to: SIGINT)
    Self.listen(to: SIGTERM)
    // nohup has it ignored.
    if !Self.isIgnored(SIGHUP) { Self.listen(to: SIGHUP) }
  }

  private static func listen(to number: Int32) {
    signal(number) { number in
      Interrupt.requested.store(true, ordering: .relaxed)
      // A terminal that closes is told by the system and once more by the shell.
      if number != SIGHUP { signal(number, SIG_DFL) }
    }
    // Whoever started this process may have had it blocked.
    var mask = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// The search that has started this process; nobody wants a trial of a search that has ended.
  private let search = ProcessInfo.processInfo.environment[FinetuneProcess.searchVariable]

  /// Whether a signal has arrived.
  static var hasSignal: Bool { requested.load(ordering: .relaxed) }

  var wasRequested: Bool {
    Self.hasSignal || (search.map { $0 != String(getppid()) } ?? false)
  }
}
