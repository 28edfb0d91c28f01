import Foundation
import Synchronization

/// Ctrl-C (and a polite kill) asks the run to stop after its step; a second one ends it at once.
final class Interrupt {
  private static let requested = Atomic<Bool>(false)

  init() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interrupt.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  var wasRequested: Bool { Self.requested.load(ordering: .relaxed) }
}
