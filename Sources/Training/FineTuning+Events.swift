import Foundation

extension FineTuning {
  /// Runs the job on a thread of its own and tells what happens as it happens; the last event is `.finished`.
  ///
  ///     for try await event in job.events() {
  ///       if case .step(let record) = event { print(record.step, record.loss) }
  ///     }
  ///
  /// A loop that is left, or whose task is cancelled, stops the run after its step, with a checkpoint. The stream ends with
  /// the error that `run` would throw.
  public func events() -> AsyncThrowingStream<TrainingEvent, any Error> {
    AsyncThrowingStream { continuation in
      let reader = Reader()
      continuation.onTermination = { _ in reader.leave() }
      let thread = Thread {
        do {
          _ = try run { event in
            continuation.yield(event)
            return reader.hasLeft ? .stop : .continue
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      // As the main thread has: layers call layers.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }
}

/// Whether somebody still wants to know.
private final class Reader: @unchecked Sendable {
  private let lock = NSLock()
  private var isGone = false

  var hasLeft: Bool { lock.withLock { isGone } }
  func leave() { lock.withLock { isGone = true } }
}
