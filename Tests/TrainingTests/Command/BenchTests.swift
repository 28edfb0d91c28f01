import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `sparsegrad bench` on a tiny model.
  @Suite struct BenchTests {
    private struct Row: Decodable {
      let method: String, precision: String
      let steps_per_second: Double, tokens_per_second: Double, flop_fraction: Double
      let peak_memory: [String: Int]
      let peak_process_memory: Int
      let preliminary_seconds: Double?
      let trainable_parameters: Int
    }

    private let tiny: TinyCommand
    private var bench: [String] {
      [
        "bench", "--model", tiny.model.url.path, "--batch-size", "2", "--lengths", "mean:12",
        "--max-length", "32", "--steps", "2", "--warmup", "1", "--repeats", "1", "--quiet",
      ]
    }

    init() throws { tiny = try TinyCommand() }

    private func rows(_ result: Command.Result) throws -> [Row] {
      try #require(result.status == 0, "\(result.errors)")
      return try JSONDecoder().decode([Row].self, from: Data(result.output.utf8))
    }

    @Test func measuresMethods() throws {
      let result = try Command.run(
        bench + [
          "--methods", "full,lora,sparsegrad:basis-steps=2,density=0.05,lora:density=0.2",
          "--precision", "float32", "--json",
        ])
      let rows = try rows(result)
      try #require(
        rows.map(\.method)
          == ["full", "lora", "sparsegrad:basis-steps=2,density=0.05", "lora:density=0.2"])
      for row in rows {
        #expect(row.precision == "float32")
        #expect(row.steps_per_second > 0 && row.tokens_per_second > row.steps_per_second)
        #expect(row.flop_fraction > 0 && row.flop_fraction < 1)
        let kinds = row.peak_memory.filter { $0.key != "total" }.values
        let total = try #require(row.peak_memory["total"])
        #expect(total <= kinds.reduce(0, +) && total >= kinds.max() ?? 0)
        #expect(row.peak_process_memory > total)
      }
      #expect(rows.map { $0.preliminary_seconds == nil } == [true, true, false, true])
      // All train the rest; of an MLP weight of 2048 elements, rank 1 has 96, 5 % are 102, 20 % are rank 4.
      #expect(rows[0].trainable_parameters - rows[1].trainable_parameters == 4 * (2048 - 96))
      #expect(rows[0].trainable_parameters - rows[2].trainable_parameters == 4 * (2048 - 102))
      #expect(rows[0].trainable_parameters - rows[3].trainable_parameters == 4 * (2048 - 384))
    }

    @Test func measuresInference() throws {
      let rows = try rows(
        Command.run(bench + ["--inference", "--precision", "float32", "--json"]))
      #expect(rows.map(\.method) == ["inference"])
      #expect(rows.map(\.trainable_parameters) == [0])
    }

    @Test func showsACurve() throws {
      let result = try Command.run(
        bench + ["--methods", "full", "--precision", "float32", "--tokens", "20,40"])
      #expect(result.status == 0 && result.errors.isEmpty)
      #expect(result.output.contains("cost by tokens") && result.output.contains("40 tokens"))
    }

    @Test func measuresBases() throws {
      let result = try Command.run([
        "bench", "--preliminary", "--sides", "24,16", "--basis-steps", "2,5", "--precision",
        "float32", "--json",
      ])
      #expect(result.status == 0, "\(result.errors)")
      struct Row: Decodable {
        let gradients: Int
        let peak_memory: [String: Int]
      }
      let rows = try JSONDecoder().decode([Row].self, from: Data(result.output.utf8))
      try #require(rows.map(\.gradients) == [2, 5])
      #expect(rows[0].peak_memory == rows[1].peak_memory)
      #expect(rows[0].peak_memory["basis"] == 4 * (24 * 24 + 16 * 16))
    }

    @Test(
      arguments: [
        (["--shape", "minilm"], "expected either --model or --shape"),
        (["--methods", "adam"], "--methods"), (["--methods", "sparsegrad:axes=up"], "--methods"),
        (["--methods", "lora:lora-alpha=4"], "lora-alpha needs lora-rank"),
        (["--methods", "full:density=0.1"], "--density: has no meaning for --method full"),
        (["--methods", ""], "--methods: expected a method"),
        (["--steps", "0"], "--steps"), (["--lengths", "about:12"], "--lengths"),
        (["--max-length", "64", "--lengths", "fixed:64"], "has positions for 40 tokens"),
        (["--tokens", "0"], "--tokens"), (["--sides", "3,4"], "--sides"),
        (["--lengths", "file:/nowhere/lengths.txt"], "/nowhere/lengths.txt"),
      ]) func refuses(_ flags: [String], _ problem: String) throws
    {
      let result = try Command.run(bench + ["--precision", "float32"] + flags)
      #expect(result.status != 0 && result.output.isEmpty)
      #expect(result.errors.contains(problem), "\(result.errors)")
    }
  }
}
