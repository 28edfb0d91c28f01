import CKernels
import COneDNN
import Foundation
import Support

/// The CPU that computes: threads, matrix products, memory.
///
/// Everything a layer needs to compute goes through an engine. It belongs to one thread at a time;
/// its own loops spread over `threads`.
public final class Engine {
  /// The precision of matrix products.
  public let precision: Precision
  /// How many threads loops and products use. Results do not depend on it.
  public let threads: Int
  /// Every byte, by kind.
  public let ledger = MemoryLedger()
  /// What the forward pass keeps for the backward pass.
  package let activations: Arena
  /// Gradients that live from the backward pass to the step.
  package let stepGradients: StepGradients
  /// What a single operation needs; always used inside a `scope`.
  package let scratch: Arena
  /// The number of matrix products issued so far.
  public internal(set) var productCount = 0
  /// Buffers allocated so far, and the times that the memory of steps grew: constant in the steady state.
  public var allocationCount: Int {
    ledger.systemAllocations + activations.growths + scratch.growths
  }
  /// Is told how long everything takes, if it is there.
  package var profiler: Profiler?
  let products: MatrixProducts

  /// An engine on this machine.
  /// - Parameter threads: the number of processors unless given.
  /// - Throws: `InputError` when oneDNN cannot be opened or this CPU cannot multiply in `precision`.
  public init(precision: Precision = .float32, threads: Int? = nil) throws {
    self.precision = precision
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    products = try MatrixProducts(precision)
    ck_parallel_open()
    activations = try Arena(.activations, ledger)
    stepGradients = try StepGradients(activations, ledger)
    scratch = try Arena(.temporary, ledger)
  }

  /// Cuts 0..<count into ranges of about `grain` and runs `body` on them side by side.
  package func parallel(
    _ count: Int, grain: Int, file: StaticString = #fileID, function: StaticString = #function,
    _ body: (Range<Int>) -> Void
  ) {
    guard count > 0 else { return }
    let grain = max(1, grain)
    tasks((count + grain - 1) / grain, file: file, function: function) { task, _ in
      body(task * grain..<min(count, (task + 1) * grain))
    }
  }

  /// Runs `body(task, worker)` for every task in 0..<count side by side; `worker` < `threads`.
  package func tasks(
    _ count: Int, file: StaticString = #fileID, function: StaticString = #function,
    _ body: (_ task: Int, _ worker: Int) -> Void
  ) {
    measured(.function("\(function)", file: "\(file)")) { run(count, body) }
  }

  private func run(_ count: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var body = body
      withUnsafeMutablePointer(to: &body) { pointer in
        ck_parallel(
          count, Int32(threads),
          { context, task, worker in
            typealias Body = (Int, Int) -> Void
            context?.assumingMemoryBound(to: Body.self).pointee(task, Int(worker))
          }, pointer)
      }
    }
  }
}
