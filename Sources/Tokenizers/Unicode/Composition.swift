import Foundation

/// Pairs of scalars that canonical composition joins into one.
enum Composition {
  static func composed(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Unicode.Scalar? {
    composites[Pair(first: first, second: second)]
  }

  private struct Pair: Hashable {
    let first: Unicode.Scalar
    let second: Unicode.Scalar
  }

  /// A composite is its last mark on top of the composition of all before it, unless it is on
  /// Unicode's list of exclusions: those stay apart when composed.
  private static let composites: [Pair: Unicode.Scalar] = {
    let candidates = Decomposition.canonical.filter { $0.value.count > 1 }
    let recomposed = candidates.map { [$0.key] }.mapEach(precomposed)
    let beginnings = candidates.map { Array($0.value.dropLast()) }.mapEach(precomposed)
    var composites: [Pair: Unicode.Scalar] = [:]
    for ((composite, parts), (whole, beginning)) in zip(candidates, zip(recomposed, beginnings)) {
      if whole == [composite], beginning.count == 1, let second = parts.last {
        composites[Pair(first: beginning[0], second: second)] = composite
      }
    }
    return composites
  }()

  private static func precomposed(_ text: String) -> String {
    text.precomposedStringWithCanonicalMapping
  }
}
