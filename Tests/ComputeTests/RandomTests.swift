import CKernels
import Testing

@testable import Compute

/// The generator, and the masks that come from it.
@Suite(.serialized) struct RandomTests {
  /// A counter, a key and the words they give.
  struct KnownAnswer {
    let counter: [UInt32], key: UInt64, words: [UInt32]

    /// Random123's vectors for philox4x32-10.
    static let all = [
      KnownAnswer(
        counter: [0, 0, 0, 0], key: 0,
        words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      KnownAnswer(
        counter: [.max, .max, .max, .max], key: .max,
        words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
      KnownAnswer(
        counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: 0x299f_31d0_a409_3822,
        words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
    ]
  }

  @Test(arguments: KnownAnswer.all)
  func knownAnswers(_ known: KnownAnswer) {
    var words: [UInt32] = [0, 0, 0, 0]
    ck_philox(known.counter, known.key, &words)
    #expect(words == known.words)
  }

  @Test(arguments: [1, 15, 16, 63, 64, 65, 384, 1000])
  func dropoutIsThePlainGenerator(_ columns: Int) throws {
    let rows = 40
    let dropout = Dropout(seed: 0xFEED_0000_0000_1234, pass: 7)
    let result = try sameBits { engine in
      let x = engine.random(rows, columns, seed: 1)
      engine.dropout(x, into: x, dropout, site: 5, probability: 0.3)
      return Array(x.elements)
    }
    let naive = NaiveDropout(dropout: dropout, site: 5, probability: 0.3)
    let x = Numbers.list(rows * columns, seed: 1)
    let expected = x.indices.map {
      x[$0] * Float(naive.factor(row: $0 / columns, column: $0 % columns))
    }
    #expect(result == expected)
  }

  @Test(arguments: [0.1, 0.5, 0.9] as [Float])
  func rate(_ probability: Float) throws {
    let engine = try Engine()
    let ones = engine.matrix(1000, 1000, [Float](repeating: 1, count: 1_000_000))
    let y = engine.zeros(1000, 1000)
    engine.dropout(ones, into: y, Dropout(seed: 1, pass: 0), site: 0, probability: probability)
    let kept = y.elements.filter { $0 != 0 }
    let deviation = (Double(probability * (1 - probability)) / 1e6).squareRoot()
    #expect(abs(Double(kept.count) / 1e6 - Double(1 - probability)) < 4 * deviation)
    #expect(kept.allSatisfy { $0 == Float(1 / (1 - Double(probability))) })
  }

  @Test func passesSitesAndSeedsDiffer() throws {
    let engine = try Engine()
    func mask(_ dropout: Dropout?, site: Int) -> [Float] {
      let ones = engine.matrix(8, 64, [Float](repeating: 1, count: 512))
      engine.dropout(ones, into: ones, dropout, site: site, probability: 0.5)
      return Array(ones.elements)
    }
    let masks = [
      mask(Dropout(seed: 1, pass: 0), site: 0), mask(Dropout(seed: 2, pass: 0), site: 0),
      mask(Dropout(seed: 1 << 32 | 1, pass: 0), site: 0), mask(Dropout(seed: 1, pass: 1), site: 0),
      mask(Dropout(seed: 1, pass: 0), site: 1),
    ]
    for (i, a) in masks.enumerated() {
      for b in masks[..<i] {
        // Independent fair coins agree 256 times of 512, give or take 11.
        #expect(abs(zip(a, b).count { $0 == $1 } - 256) < 57)
      }
    }
    #expect(mask(nil, site: 0).allSatisfy { $0 == 1 })
  }

  @Test func streams() {
    var a = RandomStream(seed: 1, purpose: .initialization, index: 0)
    let draws = (0..<40_000).map { _ in Double(a.normal()) }
    let mean = draws.reduce(0, +) / 40_000
    let variance = draws.reduce(0) { $0 + $1 * $1 } / 40_000
    let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / 40_000
    #expect(abs(mean) < 4 / 200)
    #expect(abs(variance - 1) < 4 * 2.0.squareRoot() / 200)
    #expect(abs(fourth - 3) < 4 * 96.0.squareRoot() / 200)

    var again = RandomStream(seed: 1, purpose: .initialization, index: 0)
    var others = [
      RandomStream(seed: 1, purpose: .initialization, index: 1),
      RandomStream(seed: 1, purpose: .shuffling, index: 0),
      RandomStream(seed: 2, purpose: .initialization, index: 0),
    ]
    #expect(Double(again.normal()) == draws[0])
    for i in others.indices { #expect(Double(others[i].normal()) != draws[0]) }
  }
}
