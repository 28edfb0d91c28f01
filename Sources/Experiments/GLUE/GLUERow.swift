import Datasets
import Training

/// A row of the score tables: a method on a model, with what it reached on each task.
struct GLUERow {
  /// The rows that differ in density only.
  struct Series: Hashable {
    let model: String
    let method: String
  }

  let model: String
  let method: GLUEMethod
  let entries: [GLUEResults.Entry]

  var series: Series { Series(model: model, method: method.name) }

  /// The numbers that a step changes; heads of three labels have a few more than those of two, so it is the
  /// first task's.
  var trainable: (all: Int, perWeight: Int)? {
    entries.flatMap(\.records).first?.figures.map {
      ($0.trainableParameters, $0.selectedPerMLPLayer)
    }
  }

  static func rows(of results: GLUEResults) -> [GLUERow] {
    var places: [(model: String, method: GLUEMethod)] = []
    for entry in results.entries.map(\.entry)
    where !places.contains(where: { $0 == (entry.model, entry.method) }) {
      places.append((entry.model, entry.method))
    }
    return places.map { model, method in
      GLUERow(
        model: model, method: method,
        entries: results.entries.filter { $0.entry.model == model && $0.entry.method == method })
    }
  }

  func sample(_ column: GLUEColumn) -> Sample {
    Sample((entry(column)?.records ?? []).compactMap(column.value))
  }

  /// The mean of the tasks' means; nil unless all have ended, because it could not be compared.
  func average(_ columns: [GLUEColumn]) -> Double? {
    let columns = columns.filter(\.isAveraged)
    guard columns.allSatisfy({ entry($0)?.isComplete ?? false }) else { return nil }
    return Sample(columns.compactMap { sample($0).mean }).mean
  }

  /// `58.84 ± 1.92`, with the number of runs while there are not all.
  func text(_ column: GLUEColumn) -> String {
    guard let entry = entry(column), !entry.hasDiverged else {
      return self.entry(column) == nil ? "-" : "diverged"
    }
    guard let score = text(sample(column)) else { return "-" }
    return entry.isComplete ? score : "\(score) (\(entry.records.count) of \(entry.runs.count))"
  }

  private func text(_ sample: Sample) -> String? {
    sample.mean.map { mean in
      (mean * 100).fixed(2) + (sample.deviation.map { " ± \(($0 * 100).fixed(2))" } ?? "")
    }
  }

  private func entry(_ column: GLUEColumn) -> GLUEResults.Entry? {
    entries.first { $0.entry.task == column.task }
  }
}

extension GLUERow {
  private func lead(_ entry: GLUEResults.Entry) -> [String] {
    [model, entry.entry.task.folder, method.name, method.density.map { ($0 * 100).short } ?? "-"]
  }

  /// A row of `GLUETables.csv`.
  func numbers(_ columns: [GLUEColumn]) -> [String] {
    func percent(_ value: Double?) -> String { value.map { ($0 * 100).fixed(4) } ?? "" }
    let lead = [
      model, method.name, method.density.map { "\($0)" } ?? "",
      trainable.map { "\($0.all)" } ?? "", trainable.map { "\($0.perWeight)" } ?? "",
      percent(average(columns)),
    ]
    return columns.reduce(into: lead) { fields, column in
      let sample = sample(column)
      fields += [percent(sample.mean), percent(sample.deviation), "\(sample.values.count)"]
    }
  }

  /// A row of `GLUETables.costs`.
  func costs(of entry: GLUEResults.Entry) -> [String] {
    let figures = entry.records.compactMap(\.figures)
    func mean(_ digits: Int, _ value: (RunReport) -> Double?) -> String {
      Sample(figures.compactMap(value)).mean.map { $0.fixed(digits) } ?? "-"
    }
    return lead(entry) + [
      entry.learningRate.map { $0.short } ?? "-", "\(figures.count)",
      entry.hasDiverged ? "diverged" : text(entry.score) ?? "-",
      mean(4) { $0.metrics["loss"] }, mean(0) { Double($0.bestStep) },
      mean(1) { $0.trainingSeconds + $0.preliminarySeconds }, mean(0) { $0.tokensPerSecond },
      mean(1) { $0.peakMemory["total"].map { Double($0) / 1e6 } },
      mean(1) { Double($0.peakProcessMemory) / 1e6 },
    ]
  }

  /// A row of `GLUETables.learningRates`.
  func rates(of entry: GLUEResults.Entry) -> [String] {
    let scores = entry.tried.map { rate, record in
      let score = record.map { $0.score.map { ($0 * 100).fixed(2) } ?? "diverged" } ?? "-"
      return "\(rate.short): \(score)"
    }
    return lead(entry) + [
      scores.joined(separator: ", "), entry.learningRate.map { $0.short } ?? "-",
    ]
  }
}
