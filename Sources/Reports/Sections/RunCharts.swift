import Metrics
import Training

/// The curves of one run or of several, over the steps.
struct RunCharts {
  /// The runs, each with what legends call it.
  let runs: [(name: String, run: FinishedRun)]

  /// All charts for which there are numbers.
  var html: HTML {
    .charts(
      [
        losses, chart("Learning rate", "rate") { $0.learning_rate },
        chart("Norm of the gradient", "norm") { $0.gradient_norm },
      ] + metricNames.map(evaluations) + [
        chart("Speed", "tokens/s") { $0.tokens_per_second }
      ])
  }

  /// The look of each run's curves: one for runs that differ in their seed alone, unless all do.
  private var looks: [Int?] {
    var kinds: [[String: String]] = []
    let looks = runs.map { _, run in
      let settings = run.settingsButSeed
      guard let known = kinds.firstIndex(of: settings) else {
        kinds.append(settings)
        return kinds.count - 1
      }
      return known
    }
    return kinds.count > 1 ? looks : runs.map { _ in nil }
  }

  private var metricNames: [String] {
    let found = Set(runs.flatMap { $0.run.log.flatMap { $0.validation?.keys.map { $0 } ?? [] } })
    // The loss is beside that of training.
    return Metric.allCases.map(\.rawValue).filter {
      found.contains($0) && ($0 != Metric.loss.rawValue || runs.count > 1)
    }
  }

  private func points(_ run: FinishedRun, _ value: (RunLogLine) -> Double?) -> [(
    x: Double, y: Double
  )] {
    run.log.compactMap { line in value(line).map { (Double(line.step), $0) } }
  }

  private func chart(_ title: String, _ unit: String, _ value: (RunLogLine) -> Double?) -> HTML? {
    LineChart(
      title: title, names: ("step", unit),
      curves: zip(runs, looks).map {
        Curve(name: $0.name, points: points($0.run, value), look: $1)
      },
      beginsAtZero: true
    ).html
  }

  /// The loss of the steps, smoothed where there are many, and that of the validation data.
  private var losses: HTML? {
    var curves: [Curve] = []
    for ((name, run), look) in zip(runs, looks) {
      let isOnly = runs.count == 1
      let steps = Curve(
        name: isOnly ? "training" : name, points: points(run) { $0.loss }, look: look)
      if let smoothed = steps.smoothed {
        if isOnly {
          curves.append(Curve(name: steps.name, points: steps.points, isFaint: true))
        }
        curves.append(smoothed)
      } else {
        curves.append(steps)
      }
      if isOnly {
        let held = points(run) { $0.validation?[Metric.loss.rawValue] }
        curves.append(Curve(name: "validation", points: held, hasMarks: true))
      }
    }
    return LineChart(
      title: runs.count == 1 ? "Loss" : "Training loss", names: ("step", "loss"),
      curves: curves.filter { !$0.points.isEmpty }, beginsAtZero: true
    ).html
  }

  private func evaluations(_ metric: String) -> HTML? {
    LineChart(
      title: "Validation: \(metric)", names: ("step", metric),
      curves: zip(runs, looks).map { run, look in
        Curve(
          name: run.name, points: points(run.run) { $0.validation?[metric] }, hasMarks: true,
          look: look)
      }.filter { !$0.points.isEmpty }, beginsAtZero: true
    ).html
  }
}
