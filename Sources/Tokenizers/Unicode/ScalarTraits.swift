/// What `tokenizers` knows about a Unicode scalar.
///
/// Its crates bundle several, partly old, versions of the Unicode data, so membership comes from a
/// table of its behaviour and never from the platform. Mappings (decompositions, lower case,
/// combining classes) may come from the platform: Unicode never changes one once it is assigned.
struct ScalarTraits: OptionSet {
  let rawValue: UInt16

  /// Control, format and private-use scalars, and U+FFFD: what `clean_text` deletes.
  static let removedByCleaning = ScalarTraits(rawValue: 1 << 0)
  static let whitespace = ScalarTraits(rawValue: 1 << 1)
  static let punctuation = ScalarTraits(rawValue: 1 << 2)
  /// What `handle_chinese_chars` puts spaces around.
  static let chinese = ScalarTraits(rawValue: 1 << 3)
  static let nonspacingMark = ScalarTraits(rawValue: 1 << 4)
  static let mark = ScalarTraits(rawValue: 1 << 5)
  /// `\w` of regular expressions.
  static let word = ScalarTraits(rawValue: 1 << 6)
  static let lowercases = ScalarTraits(rawValue: 1 << 7)
  static let decomposes = ScalarTraits(rawValue: 1 << 8)
  /// Its compatibility decomposition is not its canonical one.
  static let decomposesFurther = ScalarTraits(rawValue: 1 << 9)
  /// Has a combining class other than 0.
  static let reorders = ScalarTraits(rawValue: 1 << 10)
  /// `\p{L}` of regular expressions.
  static let letter = ScalarTraits(rawValue: 1 << 11)
  /// `\p{N}` of regular expressions.
  static let number = ScalarTraits(rawValue: 1 << 12)
  /// What the pre-tokenizer `Digits` takes for a digit.
  static let digit = ScalarTraits(rawValue: 1 << 13)
}

extension ScalarTraits {
  private static let bits = 11
  private static let planeSize = 0x10000

  /// The basic plane, one entry a scalar; nearly all text stays inside it.
  private static let basicPlane: [ScalarTraits] = {
    var traits: [ScalarTraits] = []
    traits.reserveCapacity(planeSize)
    for (index, run) in runs.enumerated() where traits.count < planeSize {
      let next = index + 1 < runs.count ? Int(runs[index + 1] >> bits) : planeSize
      let count = min(next, planeSize) - traits.count
      traits.append(contentsOf: repeatElement(unpacked(run), count: count))
    }
    return traits
  }()

  private static func unpacked(_ run: UInt32) -> ScalarTraits {
    ScalarTraits(rawValue: combinations[Int(run & (1 << bits - 1))])
  }

  init(of scalar: Unicode.Scalar) {
    if scalar.value < Self.planeSize {
      self = Self.basicPlane[Int(scalar.value)]
      return
    }
    var low = 0
    var high = Self.runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if Self.runs[middle] >> Self.bits <= scalar.value { low = middle } else { high = middle }
    }
    self = Self.unpacked(Self.runs[low])
  }
}

extension Unicode.Scalar {
  var traits: ScalarTraits { ScalarTraits(of: self) }

  func has(_ traits: ScalarTraits) -> Bool { !self.traits.isDisjoint(with: traits) }
}

extension ScalarTraits {
  /// Every scalar with one of `traits`, ascending.
  static func scalars(with traits: ScalarTraits) -> [Unicode.Scalar] {
    runs.indices.filter { !unpacked(runs[$0]).isDisjoint(with: traits) }.flatMap { index in
      let next = index + 1 < runs.count ? runs[index + 1] >> bits : 0x110000
      return (runs[index] >> bits..<next).compactMap(Unicode.Scalar.init)
    }
  }
}
