/// Knows every byte the engine holds, by what it is for, and the peak of each kind and of the sum.
public final class MemoryLedger {
  /// What memory is for.
  public enum Kind: String, CaseIterable, Sendable {
    /// Parameters, and the copies of them that products read.
    case weights
    /// Gradients of parameters.
    case gradients
    /// Moments and supports of the optimiser.
    case optimizer
    /// What the forward pass keeps for the backward pass.
    case activations
    /// Bases of the SparseGrad layers and the Gram matrices they come from.
    case basis
    /// Scratch memory of a single operation.
    case temporary
  }

  /// Bytes held now.
  public private(set) var current: [Kind: Int] = [:]
  /// The most bytes of each kind held at any time.
  public private(set) var peak: [Kind: Int] = [:]
  /// The most bytes of all kinds together held at any time.
  public private(set) var peakTotal = 0
  /// Counts allocations from the system: constant in the steady state of training.
  public private(set) var systemAllocations = 0
  private var total = 0

  /// A ledger in which nothing is held.
  public init() {}

  package func hold(_ bytes: Int, _ kind: Kind) {
    current[kind, default: 0] += bytes
    total += bytes
    peak[kind] = max(peak[kind, default: 0], current[kind, default: 0])
    peakTotal = max(peakTotal, total)
  }

  package func release(_ bytes: Int, _ kind: Kind) {
    current[kind, default: 0] -= bytes
    total -= bytes
  }

  func noteSystemAllocation() { systemAllocations += 1 }

  /// Forgets the peaks, so that the next phase is measured on its own.
  public func resetPeaks() {
    peak = current
    peakTotal = total
  }
}
