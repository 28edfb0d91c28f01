/// Knows how long operations take, by the part of the model they belong to. An engine without one measures nothing.
package final class Profiler {
  /// What of a model, or of a step, an operation belongs to.
  package enum Part: String, CaseIterable {
    case embeddings, attention, feedForward = "feed-forward", head, loss, optimizer
  }

  /// What it is done for.
  package enum Phase: String, CaseIterable {
    case forward, backward, update
  }

  /// A part in a phase.
  package struct Scope: Hashable {
    package let part: Part
    package let phase: Phase
  }

  /// What is done.
  package enum Operation: Hashable {
    /// A product with a matrix [rows, columns]; the sizes that change from batch to batch are left out.
    case product(ProductForm, rows: Int, columns: Int, caller: String)
    /// A function of a file.
    case function(String, file: String)
  }

  /// An operation in its scope.
  package struct Place: Hashable {
    /// Nil outside of all parts.
    package let scope: Scope?
    package let operation: Operation
  }

  /// Sums over all calls.
  package struct Record {
    package var seconds = 0.0
    package var calls = 0
    /// Floating-point operations, of products only.
    package var flops = 0
  }

  /// All operations so far.
  package private(set) var operations: [Place: Record] = [:]
  /// The time spent in each part and phase, whether in an operation or not.
  package private(set) var scopes: [Scope: Double] = [:]
  private var scope: Scope?
  private var isInOperation = false

  package init() {}

  /// Counts what `body` does as that of a part.
  func measure<R>(_ part: Part, _ phase: Phase, _ body: () throws -> R) rethrows -> R {
    let (outer, own) = (scope, Scope(part: part, phase: phase))
    let start = ContinuousClock.now
    scope = own
    defer {
      scope = outer
      scopes[own, default: 0] += start.secondsUntilNow
    }
    return try body()
  }

  /// Counts `body` as one operation; operations inside it are not counted on their own.
  func measure<R>(_ operation: Operation, flops: Int, _ body: () throws -> R) rethrows -> R {
    guard !isInOperation else { return try body() }
    let start = ContinuousClock.now
    isInOperation = true
    defer {
      isInOperation = false
      let place = Place(scope: scope, operation: operation)
      operations[place, default: Record()].seconds += start.secondsUntilNow
      operations[place, default: Record()].calls += 1
      operations[place, default: Record()].flops += flops
    }
    return try body()
  }
}

extension ContinuousClock.Instant {
  fileprivate var secondsUntilNow: Double { (ContinuousClock.now - self) / .seconds(1) }
}
