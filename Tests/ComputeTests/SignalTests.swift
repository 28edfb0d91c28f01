import CKernels
import Foundation
import Synchronization
import Testing

@testable import Compute

private let handled = Atomic<Int>(0)

/// Signals that arrive while something is computed.
@Suite(.serialized) struct SignalTests {
  /// oneDNN's kernels use the stack pointer for other things: a handler that ran among them would write its frame
  /// into the heap, and the process would crash or compute something else.
  @Test(arguments: [1, 3]) func productsAreUndisturbed(threads: Int) async throws {
    signal(SIGUSR1) { _ in handled.add(1, ordering: .relaxed) }
    defer { signal(SIGUSR1, SIG_DFL) }
    handled.store(0, ordering: .relaxed)
    // A thread that hears the signal, as a program's main thread does: those of tasks do not.
    let (computed, same) = try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        var heard = sigset_t()
        sigemptyset(&heard)
        sigaddset(&heard, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &heard, nil)
        continuation.resume(with: Result { try self.computeUnderFire(threads) })
      }
    }
    #expect(computed > 0 && same)
    // They were late, not lost.
    #expect(handled.load(ordering: .relaxed) > 10)
  }

  /// Computes products for a second while every thread that does gets signals all the time.
  private func computeUnderFire(_ threads: Int) throws -> (rounds: Int, same: Bool) {
    let engine = try Engine(threads: threads)
    let targets = Mutex<Set<UInt>>([UInt(pthread_self())])
    while targets.withLock({ $0.count }) < threads {
      engine.tasks(64) { _, _ in
        usleep(100)
        targets.withLock { _ = $0.insert(UInt(pthread_self())) }
      }
    }
    let quiet = products(engine)
    let fire = Fire(at: targets.withLock { $0 })
    defer { fire.cease() }
    let end = ContinuousClock.now + .seconds(1)
    var (rounds, same) = (0, true)
    while ContinuousClock.now < end {
      same = same && products(engine) == quiet
      rounds += 1
    }
    return (rounds, same)
  }

  /// A thread that sends signals to others.
  private final class Fire: Sendable {
    private let isOver = Atomic<Bool>(false)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(at targets: Set<UInt>) {
      Thread.detachNewThread {
        while !self.isOver.load(ordering: .relaxed) {
          for thread in targets { pthread_kill(pthread_t(thread), SIGUSR1) }
          usleep(20)
        }
        self.hasEnded.signal()
      }
    }

    /// Returns when no more signals come.
    func cease() {
      isOver.store(true, ordering: .relaxed)
      hasEnded.wait()
    }
  }

  private func products(_ engine: Engine) -> [UInt32] {
    engine.scratch.scope {
      var bits: [UInt32] = []
      for form in ProductForm.allCases {
        for size in [48, 192, 384] {
          let a = engine.scratch.matrix(size, size, of: Float.self)
          let b = engine.scratch.matrix(size, size, of: Float.self)
          let c = engine.scratch.matrix(size, size, of: Float.self)
          for i in 0..<size * size {
            a.data[i] = Float(i % 17) - 8
            b.data[i] = Float(i % 13) * 0.25
          }
          for _ in 0..<5 { engine.multiply(form, a, b, into: c) }
          bits += c.elements.map(\.bitPattern)
        }
      }
      return bits
    }
  }

  @Test func onlyFaultsAreHeardMeanwhile() {
    var before = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &before)
    let restored = ck_block_signals()
    var during = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &during)
    ck_restore_signals(restored)
    var after = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &after)
    for number: Int32 in 1..<32 where number != SIGKILL && number != SIGSTOP {
      let isFault = [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT].contains(number)
      #expect(sigismember(&during, number) == (isFault ? sigismember(&before, number) : 1))
      #expect(sigismember(&after, number) == sigismember(&before, number))
    }
  }
}
