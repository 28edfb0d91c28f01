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
      curves: runs.map { Curve(name: $0.name, points: points($0.run, value)) },
      beginsAtZero: true
    ).html
  }

  /// The loss of the steps, smoothed where there are many, and that of the validation data.
  private var losses: HTML? {
    var curves: [Curve] = []
    for (name, run) in runs {
      let isOnly = runs.count == 1
      let steps = Curve(
        name: isOnly ? "training" : name, points: points(run) { $0.loss })
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
      curves: runs.map { name, run in
        Curve(name: name, points: points(run) { $0.validation?[metric] }, hasMarks: true)
      }.filter { !$0.points.isEmpty }, beginsAtZero: true
    ).html
  }
}
