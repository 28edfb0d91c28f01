import Foundation
import TestSupport
import Testing

@testable import Inference
@testable import SparseGrad

/// How sequences share rows.
@Suite(.serialized) struct PackingTests {
  /// Texts whose tokens are numbered, of which every third is to be predicted.
  private func data(_ lengths: [Int]) -> EncodedDataset {
    var next: Int32 = 0
    let items = lengths.map { length in
      defer { next += Int32(length) }
      return EncodedDataset.Item(
        tokens: Encoding(
          ids: (0..<Int32(length)).map { next + $0 }, typeIds: Array(repeating: 0, count: length),
          wasTruncated: false),
        answers: Array(stride(from: 1, to: length, by: 3)))
    }
    return EncodedDataset(items, source: "data")
  }

  private func size(_ row: [Int], _ data: EncodedDataset) -> Int {
    row.reduce(0) { $0 + data.lengths[$1] }
  }

  @Test func bestFitFillsRows() {
    let lengths = [7, 20, 3, 13, 5, 5, 20, 12, 8, 2, 2, 3]
    let data = data(lengths).packed(rowLength: 20)
    #expect(data.lengths == lengths)
    #expect(data.rows.flatMap { $0 }.sorted() == Array(lengths.indices))
    #expect(data.rows.allSatisfy { size($0, data) <= 20 })
    // 100 tokens fill five rows.
    #expect(data.rows.count == 5)
    // 13 leaves 7, 12 leaves 8: each takes the one that fits best.
    #expect(data.rows.contains([3, 0]) && data.rows.contains([7, 8]))
  }

  @Test func batchesCountRows() {
    let data = data((0..<60).map { 2 + $0 * 7 % 19 }).packed(rowLength: 20)
    for order in [ExampleOrder.asGiven, .shuffled] {
      let batches = BatchOrder(
        data.lengths, rows: data.rows, limit: .sequences(2), order: order, seed: 1)
      let first = batches.batches(epoch: 0)
      #expect(
        first.count == (data.rows.count + 1) / 2 && first.count == batches.batchCount(epoch: 0))
      #expect(first.flatMap { $0 }.sorted() == Array(0..<60))
      #expect(first.allSatisfy { size($0, data) <= 40 })
    }
    let byTokens = BatchOrder(
      data.lengths, rows: data.rows, limit: .tokens(60), order: .asGiven, seed: 1)
    #expect(byTokens.batches(epoch: 0).allSatisfy { size($0, data) <= 60 })
  }

  /// Rows are full, and every answer is predicted once, from the token before it.
  @Test func wrappedRowsAreFull() {
    let whole = data([7, 41, 2, 13, 5])
    let data = whole.wrapped(rowLength: 10)
    #expect(data.rows.flatMap { $0 } == Array(data.sequences.indices))
    #expect(data.rows.dropLast().allSatisfy { 9...10 ~= size($0, data) })
    func answers(_ data: EncodedDataset) -> [[Int32]] {
      data.sequences.flatMap { item in
        (item.rows ?? []).map { [item.encoding.ids[$0], item.encoding.ids[$0 + 1]] }
      }
    }
    #expect(answers(data) == answers(whole))
    for item in data.sequences {
      #expect(item.target == .tags((item.rows ?? []).map { Int(item.encoding.ids[$0 + 1]) }))
    }
  }

  /// A run says what it learns from; what it wrote is measured in the same way.
  @Test(arguments: ["best-fit", "wrapped"])
  func theCommand(_ packing: String) throws {
    let folder = try TemporaryFolder()
    let model = try TinyLanguageModel(in: folder)
    try folder.write("train.jsonl", TinyLanguageModel.conversations(24))
    try folder.write("held.jsonl", TinyLanguageModel.conversations(8, seed: 2))
    let output = folder("output")
    let run = try Command.run([
      "finetune", "--task", "conversation", "--model", model.url.path, "--train-file",
      folder("train.jsonl").path, "--validation-file", folder("held.jsonl").path, "--output",
      output.path, "--method", "full", "--max-length", "64", "--batch-size", "2", "--epochs", "1",
      "--packing", packing, "--loss-on", "all", "--show-tokens",
    ])
    #expect(run.status == 0, "\(run.errors)")
    let shown = try #require(
      run.errors.firstMatch(of: /example, (\d+) of whose (\d+) tokens count/))
    #expect(Int(shown.1) == Int(shown.2).map { $0 - 1 })
    let state = try jsonObject(output.data("training_state.json"))
    let stored = (state["settings"] as? [String: Any])?["data"] as? [String: Any]
    #expect(stored?["packing"] as? String == packing && stored?["learntTurns"] as? String == "all")
    let figures = try output.figures()
    func loss(_ more: String...) throws -> Double {
      let result = try Command.run(
        [
          "evaluate", "--model", output.path, "--data", folder("held.jsonl").path, "--json",
          "--quiet",
        ] + more)
      #expect(result.status == 0, "\(result.errors)")
      let values = try JSONDecoder().decode([String: Double].self, from: Data(result.output.utf8))
      return try #require(values["loss"])
    }
    #expect(try abs(loss() - (figures.metrics["loss"] ?? 0)) < 1e-9)
    #expect(try loss() != loss("--loss-on", "answers"))
    #expect(try loss() == loss("--loss-on", "all"))
  }

  @Test func flagsThatMeanNothing() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel(in: folder)
    try folder.write("train.tsv", TinyData.table(8))
    for (flag, value) in [("--packing", "wrapped"), ("--loss-on", "all")] {
      let run = try Command.run([
        "finetune", "--model", model.url.path, "--train-file", folder("train.tsv").path, "--output",
        folder("none").path, flag, value,
      ])
      #expect(run.status != 0)
      #expect(run.errors.contains("\(flag): has no meaning for --task classification"))
    }
  }
}
