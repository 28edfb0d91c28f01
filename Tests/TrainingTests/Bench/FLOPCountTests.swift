import SparseGrad
import Testing

@testable import Experiments
@testable import Models

/// Counted by hand for two blocks with a hidden size of 2 and an intermediate size of 3, two labels, and two sequences
/// of 4 and 2 tokens.
@Suite struct FLOPCountTests {
  private let lengths = [4, 2]
  private let count: FLOPCount = {
    var layers: [LayerShape] = []
    func add(_ kind: LinearRole.Kind, _ block: Int, _ output: Int, _ input: Int) {
      layers.append(
        .init(
          role: LinearRole(kind, block: block), module: kind.rawValue, outputSize: output,
          inputSize: input))
    }
    for block in 0...1 {
      for kind in [LinearRole.Kind.query, .key, .value, .attentionOutput] { add(kind, block, 2, 2) }
      add(.intermediate, block, 3, 2)
      add(.output, block, 2, 3)
    }
    add(.pooler, 0, 2, 2)
    add(.classifier, 0, 2, 2)
    return FLOPCount(layers)
  }()

  // 6 tokens in block 0; in block 1 only keys and values see them, the others see 2 rows.
  private let linears = (4 * 48 + 2 * 72) + (16 + 2 * 48 + 16 + 2 * 24) + 2 * 16
  private let attention = 4 * 2 * (4 * 4 + 2 * 2) + 4 * 2 * (4 + 2)
  private let mlpGradients = 2 * 72 + 2 * 24

  @Test func inference() {
    #expect(count.forward(lengths) == linears + attention)
    #expect(linears + attention == 752)
  }

  @Test func regular() throws {
    #expect(try count.training(lengths, .full, .all) == 3 * linears + 3 * attention)
    // Nothing below the first intermediate layer, and no weights of attention and head.
    #expect(
      try count.training(lengths, .full, .mlp)
        == 752 + (72 + 16 + 2 * 48 + 16 + 2 * 24 + 2 * 16) + mlpGradients + 2 * 48)
    #expect(
      try count.training(lengths, .full, .head) - count.training(lengths, .full, .mlp) == 2 * 16)
  }

  private func sparse(_ change: (inout SparseGradSettings) -> Void) throws -> Int {
    var settings = SparseGradSettings.paper
    settings.density = .count(1)
    change(&settings)
    return try count.training(lengths, .sparseGrad(settings), .all)
      - (3 * linears + 3 * attention - mlpGradients)
  }

  @Test func sparseGrad() throws {
    #expect(try sparse { $0.axes = .none } == mlpGradients + 4)
    // Both rotations, the gradient, one element times a row of 3, and the product with the 2 x 2 rotation.
    let tokens = 48 + 108 + 72, rows = 16 + 36 + 24
    #expect(try sparse { $0.axes = .both } == 2 * tokens + 2 * rows + 4 * (6 + 24))
    // The side of 2 alone.
    #expect(try sparse { $0.axes = .hidden } == 2 * (48 + 72) + 2 * (16 + 24) + 4 * 4)
    #expect(try sparse { $0.axes = .intermediate } == 2 * (108 + 72) + 2 * (36 + 24) + 4 * 6)
    // One coordinate of the two.
    let half = try sparse {
      $0.axes = .hidden
      $0.hiddenCandidates = 0.5
    }
    #expect(half == 2 * (24 + 36) + 2 * (8 + 12) + 4 * 4)
  }

  @Test func lowRank() throws {
    var settings = LoRASettings()
    settings.rank = 1
    let all = try count.training(lengths, .lora(settings), .all)
    // Three products with A and three with B: 24 and 36 for 6 tokens, 8 and 12 for 2 rows.
    #expect(all == 3 * linears + 3 * attention - mlpGradients + 2 * 3 * 60 + 2 * 3 * 20)
    // The lowest layer hands nothing down: neither its own product nor that through A.
    let alone = try count.training(lengths, .lora(settings), .mlp)
    let full = try count.training(lengths, .full, .mlp)
    #expect(alone == full - mlpGradients + 2 * 3 * 60 + 2 * 3 * 20 - 24)
  }
}
