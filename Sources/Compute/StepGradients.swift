/// Memory of gradients from the backward pass to the step.
///
/// The backward pass reads what the forward pass has kept from its end to its beginning, and leaves it. Gradients
/// take those places, from the end down; only what does not fit there lies behind it. So a step needs room for the
/// larger of the two, not for both.
package final class StepGradients {
  private let activations: Arena
  private let ledger: MemoryLedger
  private var places: Range<Int> = 0..<0
  private var held = 0

  init(_ activations: Arena, _ ledger: MemoryLedger) {
    self.activations = activations
    self.ledger = ledger
  }

  /// Room for a gradient, not cleared. Until all are given back, activations have to end below them.
  package func take<T: MatrixElement>(_ count: Int, of type: T.Type, _ placement: Placement)
    -> UnsafeMutablePointer<T>
  {
    let size = Self.size(count, type)
    if held == 0 {
      let start = placement == .apart ? activations.space.size / 2 : activations.offset
      places = start..<start
    }
    let offset: Int
    if places.lowerBound - size >= activations.offset {
      offset = places.lowerBound - size
      places = offset..<places.upperBound
    } else {
      offset = places.upperBound
      places = places.lowerBound..<offset + size
      precondition(offset + size <= activations.space.size, "the machine's memory cannot hold this")
    }
    held += size
    activations.limit = places.lowerBound
    ledger.hold(size, .gradients)
    return (activations.space.base + offset).bindMemory(to: T.self, capacity: count)
  }

  /// Takes a gradient back.
  package func give<T: MatrixElement>(_ count: Int, of type: T.Type) {
    let size = Self.size(count, type)
    held -= size
    if held == 0 { activations.limit = activations.space.size }
    ledger.release(size, .gradients)
  }

  /// Where gradients lie.
  package enum Placement {
    /// Where activations have been: for a backward pass whose activations are all there when it begins, and
    /// after which none are needed before the gradients are given back.
    case amongActivations
    /// Where none ever are.
    case apart
  }

  private static func size<T>(_ count: Int, _ type: T.Type) -> Int {
    (count * MemoryLayout<T>.stride + 63) & ~63
  }
}
