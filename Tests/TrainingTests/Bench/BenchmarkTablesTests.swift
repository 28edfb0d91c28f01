import Foundation
import SparseGrad
import Testing

@testable import Experiments

@Suite struct BenchmarkTablesTests {
  /// Two steps of 10 tokens and 100 operations in one repeat, at these speeds.
  private func result(
    _ method: String, _ precision: Precision = .float32, size: StepSize = .sequences(1),
    seconds: [Double], memory: Int
  ) -> BenchmarkResult {
    let job = BenchmarkJob(
      model: .shape(.minilm), work: .training(.full, .all), precision: precision, size: size,
      batches: [[10], [10], [10]], warmUp: 1, threads: nil, seed: 1, basis: nil)
    let measurements = seconds.map { seconds in
      BenchmarkMeasurement(
        steps: (0..<2).map { _ in
          .init(seconds: seconds, sequences: 1, tokens: 10, operations: 100)
        }, counts: .init(products: 6, systemAllocations: 0, pageFaults: 3), productPeak: 1000,
        preliminarySeconds: nil, trainableParameters: 7,
        peakMemory: ["total": memory, "weights": memory / 2], peakProcessMemory: 3 * memory)
    }
    return BenchmarkResult(method, job, measurements)
  }

  @Test func medianAndExtremes() {
    #expect(Spread([3, 1, 2]).median == 2)
    #expect(Spread([4, 1, 2, 3]).median == 2.5)
    let spread = Spread([5, 9, 7])
    #expect(spread.minimum == 5 && spread.maximum == 9)
    let one = result("full", seconds: [0.5, 0.25, 1], memory: 1)
    #expect(one.stepsPerSecond == Spread([1, 2, 4]))
    #expect(one.tokensPerSecond.median == 20 && one.flopFraction.median == 0.2)
    #expect(one.productsPerStep == 3 && one.pageFaultsPerStep == 1.5 && one.repeats == 3)
  }

  @Test func relativeToTheFirst() throws {
    let results = [
      result("full", seconds: [0.5], memory: 4_000_000),
      result("sparsegrad", seconds: [0.25], memory: 3_000_000),
      result("full", .bfloat16, seconds: [0.2], memory: 5_000_000),
    ]
    let tables = BenchmarkTables(results).markdown
    let lines = tables.split(separator: "\n").map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(lines.contains(["### minilm, float32: speed and memory"]))
    #expect(
      lines.contains([
        "sparsegrad", "1 sequences", "4.000 (4.000–4.000)", "2.000", "40 (40–40)", "4.0",
        "0.40 (0.40–0.40)", "3.0", "0.750", "9.0",
      ]))
    // Another precision is compared with its own first.
    #expect(
      lines.contains {
        $0.first == "full" && $0.contains("5.000 (5.000–5.000)") && $0[3] == "1.000"
      })
    #expect(!tables.contains("cost by tokens"))
    let csv = BenchmarkTables(results).csv.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(csv.count == 4 && Set(csv.map(\.count)).count == 1)
  }

  @Test func curve() {
    let results = [100, 200].map { tokens in
      result("full", size: .tokens(tokens), seconds: [Double(tokens) / 1000], memory: 1)
    }
    #expect(BenchmarkTables(results).markdown.contains("cost by tokens"))
  }

  @Test func json() throws {
    let data = try JSONEncoder().encode([result("full", seconds: [0.5, 0.25], memory: 8)])
    let objects = try JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    let object = try #require(objects?.first)
    #expect(object["method"] as? String == "full" && object["precision"] as? String == "float32")
    #expect(object["steps_per_second"] as? Double == 3)
    #expect(object["steps_per_second_min"] as? Double == 2)
    #expect(object["steps_per_second_max"] as? Double == 4)
    #expect((object["peak_memory"] as? [String: Int])?["total"] == 8)
    #expect(object["peak_process_memory"] as? Int == 24)
    #expect(object["preliminary_seconds"] == nil)
    for key in ["tokens_per_second", "flop_fraction", "product_peak_flops", "batch_size"] {
      #expect(object[key] is NSNumber, "\(key)")
    }
  }
}
