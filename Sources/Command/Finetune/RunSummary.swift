import Foundation
import SparseGrad

/// The last words of a run.
struct RunSummary {
  /// With more classes than these their scores are in `metrics.json` only.
  private static let mostClasses = 20

  let text: String

  init(_ figures: RunReport, _ saved: ResultKind, output: String) {
    var lines: [String] = []
    if let metric = figures.metric, let score = figures.score {
      var line = "\(metric): \(score.fixed(4))"
      if let before = figures.before?[metric] { line += ", before training \(before.fixed(4))" }
      if metric == "accuracy", let share = figures.majorityShare {
        line += ", majority share \(share.fixed(4))"
      }
      lines.append(line)
    }
    if let classes = figures.classes, classes.classes.count <= Self.mostClasses {
      lines.append(classes.table)
    }
    lines.append(
      "\(figures.steps) steps in \(figures.trainingSeconds.duration)"
        + (figures.preliminarySeconds >= 0.5
          ? " after \(figures.preliminarySeconds.duration) of preliminary phase" : "")
        + ", \(Int(clamping: figures.tokensPerSecond).grouped) tokens/s")
    let total = figures.peakMemory["total"] ?? 0
    lines.append(
      "peak memory: \(total.megabytes) of matrices, \(figures.peakProcessMemory.megabytes) of the process"
    )
    if saved != .adapter { lines.append("model: \(output)") }
    if saved != .model { lines.append("adapter: \(output)/adapter") }
    text = lines.joined(separator: "\n")
  }
}

extension Double {
  /// Seconds as `42 s`, `3:07`, `1:02:03`.
  var duration: String {
    let seconds = isFinite ? Int(clamping: self) : 0
    guard seconds >= 60 else { return "\(seconds) s" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, seconds % 60)
      : String(format: "%d:%02d", minutes, seconds % 60)
  }
}

extension Int {
  /// With a space between groups of three digits.
  var grouped: String {
    let digits = Array(String(magnitude))
    let groups = stride(from: digits.count, to: 0, by: -3).map {
      String(digits[Swift.max(0, $0 - 3)..<$0])
    }
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: " ")
  }

  var megabytes: String { "\((self + 500_000) / 1_000_000) MB" }
}
