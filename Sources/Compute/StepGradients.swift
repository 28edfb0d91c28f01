/// Memory of gradients from the backward pass to the step.
///
/// The backward pass reads what the forward pass has kept from its end to its beginning, and leaves it. Gradients
/// take those places, from the end down; only what does not fit there lies behind it. So a step needs room for the
/// larger of the two, not for both.
package final class StepGradients {
  private let activations: Arena
  /// For gradients that lie where no activations are.
  private let apart: AddressSpace
  private let ledger: MemoryLedger
  /// Where those lie that are held now.
  private var placement = Placement.apart
  private var places: Range<Int> = 0..<0
  private var held = 0

  /// - Throws: `InputError` when the system refuses the address space.
  init(_ activations: Arena, _ ledger: MemoryLedger) throws {
    self.activations = activations
    self.ledger = ledger
    apart = try AddressSpace(AddressSpace.machine)
  }

  /// Room for a gradient, not cleared. Until all are given back, activations have to end below them.
  package func take<T: MatrixElement>(_ count: Int, of type: T.Type, _ placement: Placement)
    -> UnsafeMutablePointer<T>
  {
    let size = Arena.size(count, of: type)
    if held == 0 {
      let start = placement == .apart ? 0 : activations.offset
      (self.placement, places) = (placement, start..<start)
    }
    let (space, floor) =
      switch self.placement {
      case .amongActivations: (activations.space, activations.offset)
      case .apart: (apart, 0)
      }
    let offset: Int
    if places.lowerBound - size >= floor {
      offset = places.lowerBound - size
      places = offset..<places.upperBound
    } else {
      offset = places.upperBound
      places = places.lowerBound..<offset + size
      precondition(offset + size <= space.room, "the machine's memory cannot hold this")
      space.reach(offset + size)
    }
    held += size
    if self.placement == .amongActivations { activations.limit = places.lowerBound }
    ledger.hold(size, .gradients)
    return (space.base + offset).bindMemory(to: T.self, capacity: count)
  }

  /// Takes a gradient back.
  package func give<T: MatrixElement>(_ count: Int, of type: T.Type) {
    let size = Arena.size(count, of: type)
    held -= size
    if held == 0 { activations.limit = activations.space.room }
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
}
