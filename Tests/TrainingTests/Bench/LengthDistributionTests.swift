import Foundation
import SparseGrad
import TestSupport
import Testing

@testable import Experiments

@Suite struct LengthDistributionTests {
  private func draw(_ distribution: LengthDistribution, maximum: Int, _ count: Int) -> [Int] {
    var lengths = LengthSequence(distribution, maximum: maximum, seed: 1)
    return (0..<count).map { _ in lengths.next() }
  }

  @Test func normalLengths() {
    let lengths = draw(.normal(mean: 60), maximum: 1000, 10_000).map(Double.init)
    let mean = lengths.reduce(0, +) / 10_000
    let variance = lengths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 10_000
    #expect(abs(mean - 60) < 0.6)
    #expect(abs(variance.squareRoot() - 20) < 0.6)
    let cut = draw(.normal(mean: 53), maximum: 64, 2000)
    #expect(cut.min() == 8 && cut.max() == 64)
    #expect(draw(.normal(mean: 53), maximum: 5, 10).allSatisfy { $0 == 5 })
  }

  @Test func otherLengths() {
    #expect(draw(.fixed(128), maximum: 512, 3) == [128, 128, 128])
    #expect(draw(.fixed(128), maximum: 64, 1) == [64])
    let observed = draw(.observed([5, 7, 90]), maximum: 32, 3000)
    for length in [5, 7, 32] {
      #expect(abs(observed.count { $0 == length } - 1000) < 100, "\(length)")
    }
    #expect(draw(.listed([9, 40, 12]), maximum: 32, 5) == [9, 32, 12, 9, 32])
  }

  @Test func readsFiles() throws {
    let folder = try TemporaryFolder()
    for text in ["12\n9\n40\n", "12\r\n9\r\n40"] {
      try folder.write("lengths.txt", text)
      #expect(
        try LengthDistribution(contentsOf: folder("lengths.txt"), tokenizer: nil)
          == .listed([12, 9, 40]))
    }
    let tokenizer = try Tokenizer(folder: TinyModel(in: folder).url)
    try folder.write("texts.tsv", "text\tlabel\ngood film\t1\na very good film!\t1\n")
    #expect(
      try LengthDistribution(contentsOf: folder("texts.tsv"), tokenizer: tokenizer)
        == .observed([4, 7]))
    // The official file of CoLA has no header.
    try FileManager.default.createDirectory(
      at: folder("CoLA"), withIntermediateDirectories: true)
    try folder.write("CoLA/dev.tsv", "gj04\t1\t\tgood film\n")
    #expect(
      try LengthDistribution(contentsOf: folder("CoLA/dev.tsv"), tokenizer: tokenizer)
        == .observed([4]))
  }

  @Test func refusesFiles() throws {
    let folder = try TemporaryFolder()
    try folder.write("texts.tsv", "text\ngood\n")
    try folder.write("words.txt", "12\ntwelve\n")
    try folder.write("gap.txt", "12\n\n13\n")
    try folder.write("huge.txt", "12\n13\n9223372036854775807\n")
    try folder.write("empty.txt", "")
    for (name, problem) in [
      ("texts.tsv", "need a tokenizer"), ("words.txt", "line 2"), ("gap.txt", "line 2"),
      ("huge.txt", "line 3"), ("empty.txt", "no lines"),
      ("absent.txt", "cannot be read"),
    ] {
      let error = #expect(throws: InputError.self) {
        try LengthDistribution(contentsOf: folder(name), tokenizer: nil)
      }
      #expect(error?.description.contains(problem) == true, "\(name)")
    }
  }

  @Test func planHasTheLargestFirst() {
    let plan = BatchPlan(
      .sequences(4), of: .normal(mean: 30), maximum: 128, steps: 20, seed: 3)
    #expect(plan.batches.count == 20 && plan.batches.allSatisfy { $0.count == 4 })
    let tokens = plan.batches.map { $0.reduce(0, +) }
    #expect(tokens[0] == tokens.max())
    let longest = plan.batches.map { $0.max() ?? 0 }
    #expect(longest[..<2].max() == longest.max())
    #expect(Set(plan.batches).count > 15)
    let again = BatchPlan(.sequences(4), of: .normal(mean: 30), maximum: 128, steps: 20, seed: 3)
    #expect(again.batches == plan.batches)
  }

  /// So that two programs that read the same list measure the same batches.
  @Test func planKeepsTheOrderOfAList() {
    let plan = BatchPlan(
      .sequences(2), of: .listed([9, 10, 30, 31, 12]), maximum: 30, steps: 3, seed: 3)
    #expect(plan.batches == [[9, 10], [30, 30], [12, 9]])
  }

  @Test func planByTokens() {
    let plan = BatchPlan(.tokens(1000), of: .normal(mean: 53), maximum: 128, steps: 5, seed: 3)
    #expect(plan.batches.allSatisfy { $0.reduce(0, +) == 1000 })
    let small = BatchPlan(.tokens(10), of: .fixed(64), maximum: 128, steps: 2, seed: 3)
    #expect(small.batches == [[10], [10]])
  }
}
