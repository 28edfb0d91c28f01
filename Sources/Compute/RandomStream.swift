import CKernels
import Foundation

/// Random numbers that are a pure function of a seed, a purpose and an index (Philox4x32-10): the same run
/// draws the same numbers on every machine, however it was interrupted.
package struct RandomStream: RandomNumberGenerator, Sendable {
  /// What numbers are drawn for; streams of different purposes are independent.
  package enum Purpose: UInt32, Sendable {
    /// New weights. (Dropout uses the purposes below 2³¹ through its sites.)
    case initialization = 0x8000_0001
    /// The order of examples in an epoch.
    case shuffling = 0x8000_0002
    /// Which examples are held out for validation.
    case validationSplit = 0x8000_0003
    /// Which tokens are written.
    case sampling = 0x8000_0004
    /// Which elements of a weight train, where that is left to chance.
    case support = 0x8000_0005
  }

  private let seed: UInt64
  private let purpose: UInt32
  private let index: UInt32
  private var counter: UInt32 = 0

  /// Stream number `index` of a purpose.
  package init(seed: UInt64, purpose: Purpose, index: Int) {
    self.seed = seed
    self.purpose = purpose.rawValue
    self.index = UInt32(truncatingIfNeeded: index)
  }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    var words: [UInt32] = [0, 0, 0, 0]
    ck_philox([counter, 0, purpose, index], seed, &words)
    counter &+= 1
    return UInt64(words[0]) << 32 | UInt64(words[1])
  }

  /// A draw from the standard normal distribution (Box–Muller).
  package mutating func normal() -> Float {
    let u = (Double(next() >> 11) + 1) * 0x1p-53
    let v = Double(next() >> 11) * 0x1p-53
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }
}
