import Compute

/// Fills large tables with numbers that look normally distributed, as fast as memory takes them: each is one of
/// 65 536 draws, picked by 16 random bits. Made for models whose weights mean nothing.
struct NormalPool {
  private let draws: [Float]
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
    var stream = RandomStream(seed: seed, purpose: .initialization, index: 0)
    draws = (0...UInt16.max).map { _ in stream.normal() }
  }

  /// Fills table `number` of a model.
  func draw(
    _ table: UnsafeMutableBufferPointer<Float>, deviation: Float, number: Int, _ engine: Engine
  ) {
    let scaled = draws.map { deviation * $0 }
    // Pieces have numbers of their own, so that the thread count changes nothing.
    let piece = 1 << 16
    scaled.withUnsafeBufferPointer { scaled in
      engine.parallel(table.count, grain: piece) { range in
        let place = UInt64(number) << 32 | UInt64(range.lowerBound / piece)
        var bits = SplitMix64(state: seed ^ SplitMix64.scrambled(place))
        var word: UInt64 = 0
        for (i, element) in range.enumerated() {
          if i.isMultiple(of: 4) { word = bits.next() }
          table[element] = scaled[Int(word & 0xffff)]
          word >>= 16
        }
      }
    }
  }
}

/// A small generator of 64-bit words (Steele, Lea, Flood, 2014).
private struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.scrambled(state)
  }

  static func scrambled(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
