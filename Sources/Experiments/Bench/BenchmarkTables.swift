import Compute

/// The results of a benchmark as tables: those of the paper (3, 7 and 8: speed and memory of each method, as they are
/// and relative to the first), and what is behind them.
public struct BenchmarkTables {
  private let results: [BenchmarkResult]

  /// Tables of these results.
  public init(_ results: [BenchmarkResult]) { self.results = results }

  /// All tables, as Markdown.
  public var markdown: String {
    precisions.flatMap { precision, results in
      let curve = Set(results.map(\.job.size)).count > 1 ? [Self.curve(precision, results)] : []
      return [
        Self.comparison(precision, results), Self.memory(precision, results),
        Self.work(precision, results),
      ] + curve
        + results.flatMap { result in
          result.profile?.tables(
            "\(result.job.model.name), \(precision.rawValue), \(result.method), \(result.job.size.name)",
            productPeak: result.productPeak.median) ?? []
        }
    }.map(\.markdown).joined(separator: "\n")
  }

  /// All results as rows of one table of numbers.
  public var csv: String {
    let kinds = MemoryLedger.Kind.allCases.map(\.rawValue) + ["total"]
    let columns =
      [
        "model", "method", "precision", "size", "steps_per_second", "steps_per_second_min",
        "steps_per_second_max", "tokens_per_second", "tokens_per_second_min",
        "tokens_per_second_max", "sequences_per_second", "flop_fraction", "product_peak_flops",
      ] + kinds.map { "peak_\($0)" } + ["peak_process_memory"]
    let rows = results.map { result in
      let spreads = [result.stepsPerSecond, result.tokensPerSecond].flatMap {
        [$0.median, $0.minimum, $0.maximum]
      }
      let numbers =
        spreads + [
          result.sequencesPerSecond.median, result.flopFraction.median, result.productPeak.median,
        ]
      return [
        result.job.model.name, result.method, result.job.precision.rawValue, result.job.size.name,
      ] + numbers.map { "\($0)" } + kinds.map { "\(result.peakMemory[$0] ?? 0)" }
        + ["\(result.peakProcessMemory)"]
    }
    return ResultTable(title: "", columns: columns, rows: rows).csv
  }

  private var precisions: [(Precision, [BenchmarkResult])] {
    Precision.allCases.compactMap { precision in
      let some = results.filter { $0.job.precision == precision }
      return some.isEmpty ? nil : (precision, some)
    }
  }

  /// Every result beside the first method's of the same size.
  private static func comparison(_ precision: Precision, _ results: [BenchmarkResult])
    -> ResultTable
  {
    let first = results.first?.method ?? ""
    return table(
      "speed and memory", precision, results,
      [
        "Steps/s", "Steps/s ÷ \(first)", "Tokens/s", "Sequences/s", "Useful FLOP/s ÷ peak",
        "Memory, MB", "Memory ÷ \(first)", "Process, MB",
      ]
    ) { result in
      let base = results.first { $0.method == first && $0.job.size == result.job.size } ?? result
      let memory = result.peakMemory["total"] ?? 0
      return [
        result.stepsPerSecond.text(3),
        (result.stepsPerSecond.median / base.stepsPerSecond.median).fixed(3),
        result.tokensPerSecond.text(0), result.sequencesPerSecond.median.fixed(1),
        result.flopFraction.text(2), megabytes(memory),
        (Double(memory) / Double(base.peakMemory["total"] ?? 1)).fixed(3),
        megabytes(result.peakProcessMemory),
      ]
    }
  }

  private static func memory(_ precision: Precision, _ results: [BenchmarkResult]) -> ResultTable {
    let kinds = MemoryLedger.Kind.allCases.map(\.rawValue) + ["total"]
    return table("peaks of memory, MB", precision, results, kinds.map(\.capitalized)) { result in
      kinds.map { megabytes(result.peakMemory[$0] ?? 0) }
    }
  }

  private static func work(_ precision: Precision, _ results: [BenchmarkResult]) -> ResultTable {
    table(
      "what a step does", precision, results,
      [
        "Trainable", "Useful GFLOP", "Products", "Allocations", "Page faults",
        "Product peak, GFLOP/s", "Preliminary phase, s",
      ]
    ) { result in
      [
        "\(result.trainableParameters)", (result.operationsPerStep / 1e9).fixed(1),
        result.productsPerStep.fixed(1), result.systemAllocationsPerStep.fixed(1),
        result.pageFaultsPerStep.fixed(1), (result.productPeak.median / 1e9).fixed(0),
        result.preliminarySeconds?.fixed(1) ?? "",
      ]
    }
  }

  /// How the time of a step grows with its tokens.
  private static func curve(_ precision: Precision, _ results: [BenchmarkResult]) -> ResultTable {
    table("cost by tokens", precision, results, ["Seconds a step", "Microseconds a token"]) {
      [
        (1 / $0.stepsPerSecond.median).fixed(4), (1e6 / $0.tokensPerSecond.median).fixed(1),
      ]
    }
  }

  private static func table(
    _ title: String, _ precision: Precision, _ results: [BenchmarkResult], _ columns: [String],
    _ cells: (BenchmarkResult) -> [String]
  ) -> ResultTable {
    ResultTable(
      title: "\(results.first?.job.model.name ?? ""), \(precision.rawValue): \(title)",
      columns: ["Method", "Step"] + columns,
      rows: results.map { [$0.method, $0.job.size.name] + cells($0) })
  }

  private static func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).fixed(1) }
}

extension StepSize {
  /// What tables call it.
  fileprivate var name: String {
    switch self {
    case .sequences(let count): "\(count) sequences"
    case .tokens(let count): "\(count) tokens"
    }
  }
}

extension Spread {
  /// The median, with the extremes in parentheses.
  fileprivate func text(_ digits: Int) -> String {
    "\(median.fixed(digits)) (\(minimum.fixed(digits))–\(maximum.fixed(digits)))"
  }
}
