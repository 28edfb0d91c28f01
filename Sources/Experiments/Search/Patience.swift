import Foundation

/// How long a command of Optuna is tried again that others may have kept from working.
package struct Patience {
  private let pauses: [TimeInterval]
  let isInterrupted: () -> Bool

  /// - Parameters:
  ///   - pauses: seconds to wait before every attempt after the first.
  ///   - isInterrupted: is asked often; once it says true, the next attempt is made at once and is the last.
  package init(pauses: [TimeInterval], isInterrupted: @escaping () -> Bool = { false }) {
    self.pauses = pauses
    self.isInterrupted = isInterrupted
  }

  /// Enough for a lock, or for tables that are being made.
  package static var brief: Patience { Patience(pauses: [0.5, 1]) }

  /// A minute: enough for a server that starts anew.
  package static func long(isInterrupted: @escaping () -> Bool = { false }) -> Patience {
    Patience(pauses: [0.5, 1, 2, 4, 8, 15, 30], isInterrupted: isInterrupted)
  }

  /// Attempts something until it works, fails in a way that does not pass, or patience is over.
  /// - Throws: what the last attempt has thrown.
  package func trying<Value>(_ attempt: () throws -> Value) throws -> Value {
    for pause in pauses where !isInterrupted() {
      do {
        return try attempt()
      } catch let failure as OptunaFailure where failure.mayPass {
        waitOut(pause)
      }
    }
    return try attempt()
  }

  private func waitOut(_ seconds: TimeInterval) {
    var left = seconds
    while left > 0, !isInterrupted() {
      Thread.sleep(forTimeInterval: min(left, 0.1))
      left -= 0.1
    }
  }
}
