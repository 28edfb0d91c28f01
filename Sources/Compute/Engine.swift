import CKernels
import Foundation
import Support

/// The CPU that computes: threads, matrix products, memory.
///
/// Everything a layer needs to compute goes through an engine. It belongs to one thread at a time;
/// its own loops spread over `threads`.
public final class Engine {
  /// What operands of matrix products are stored in.
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
  /// What multiplies matrices.
  public let productPath: ProductPath
  /// What the loops that are not products are compiled for.
  public let instructionSet: InstructionSet
  let products: any ProductProvider
  /// How stored matrices are cut into panels.
  var panels = PanelSize()
  let kernels: ck_kernels

  /// An engine on this machine.
  /// - Parameters:
  ///   - precision: what operands of products are stored in.
  ///   - threads: the number of processors unless given.
  ///   - path: what multiplies; unless given, what is fastest on this processor.
  ///   - instructionSet: what the loops are compiled for; unless given, the highest that this processor has.
  /// - Throws: `InputError` when a library that is needed cannot be opened, or the processor lacks what was asked for.
  public init(
    precision: Precision = .float32, threads: Int? = nil, products path: ProductPath? = nil,
    instructionSet: InstructionSet? = nil
  ) throws {
    self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
    self.instructionSet = try instructionSet ?? .highest()
    kernels = try self.instructionSet.kernels()
    (productPath, products) = try ProductPath.open(
      path.map { [$0] } ?? ProductPath.preferences(for: self.instructionSet),
      threads: self.threads, kernels)
    self.precision = precision
    ck_parallel_open()
    guard ck_has_room_for_threads(Int32(clamping: self.threads)) != 0 else {
      throw InputError(
        "memory",
        "there is no room for \(self.threads) threads, expected fewer (--threads) or a higher limit (ulimit -v)"
      )
    }
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
