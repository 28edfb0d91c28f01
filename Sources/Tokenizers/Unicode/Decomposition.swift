import Foundation

/// Full decompositions of the scalars that `tokenizers` decomposes, taken from the platform once.
enum Decomposition {
  typealias Table = [Unicode.Scalar: [Unicode.Scalar]]

  static let canonical = table(of: .decomposes) { $0.decomposedStringWithCanonicalMapping }

  /// Only where they differ from the canonical ones.
  static let compatibility = table(of: .decomposesFurther) {
    $0.decomposedStringWithCompatibilityMapping
  }

  private static func table(
    of traits: ScalarTraits, decomposed: (String) -> String
  ) -> Table {
    let scalars = ScalarTraits.scalars(with: traits)
    let decompositions = scalars.map { [$0] }.mapEach(decomposed)
    return Table(uniqueKeysWithValues: zip(scalars, decompositions))
  }
}

extension [[Unicode.Scalar]] {
  /// Applies `normalize` to every non-empty element, in one call: U+0000 between them stays apart
  /// from everything.
  func mapEach(_ normalize: (String) -> String) -> [[Unicode.Scalar]] {
    var joined = String.UnicodeScalarView()
    for element in self {
      joined.append(contentsOf: element)
      joined.append("\0")
    }
    return normalize(String(joined)).unicodeScalars.split(separator: "\0").map(Array<_>.init)
  }
}
