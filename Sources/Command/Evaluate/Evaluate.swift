import ArgumentParser
import Foundation
import SparseGrad

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a fine-tuned model on labelled text.")

  @Option(
    help: "Hugging Face folder of the fine-tuned model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(
    help: "File of labelled text (.tsv, .csv, .jsonl), or a GLUE folder.", completion: .file())
  var data: String

  @Option(
    help:
      "A GLUE task, whose columns and metrics are used. (default: what the model was trained for)")
  var task: String?

  @OptionGroup var labels: LabelOptions
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var thresholds: ThresholdOptions
  @OptionGroup var loss: LossOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(data, "--data")
    try checkingUsage {
      _ = try labels.set()
      try loss.loss?.validate(for: .classification)
      guard let task, case .glue(let glue) = try TextTask(flag: task) else { return }
      try columns.checkUnused(by: glue)
      if labels.labels != nil { throw InputError("--labels", "\(glue.rawValue) has its own") }
    }
  }

  func run() throws {
    let classifier = try TextClassifier(
      folder: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: compute.precision.precision, maximumLength: compute.maxLength,
      threads: compute.threads)
    let evaluation = try classifier.evaluate(
      try load(classifier), loss: loss.loss, thresholds: thresholds.values, notice: note)
    if messages.json {
      try Console.print(json(evaluation))
    } else {
      for (metric, value) in evaluation.metrics.all {
        try Console.print("\(metric.rawValue): \(value.fixed(4))")
      }
      if let entities = evaluation.entities { try Console.print(table(entities)) }
    }
  }

  private func json(_ evaluation: TextClassifier.Evaluation) -> String {
    func number(_ value: Double) -> JSONValue {
      value.isFinite ? .number(JSONNumber(value)) : .null
    }
    var object = JSONObject()
    for (metric, value) in evaluation.metrics.all.sorted(by: {
      $0.metric.rawValue < $1.metric.rawValue
    }) {
      object[metric.rawValue] = number(value)
    }
    if let entities = evaluation.entities {
      var types = JSONObject()
      for entity in entities {
        types[entity.type] = [
          "precision": number(entity.precision), "recall": number(entity.recall),
          "f1": number(entity.f1), "support": .number(JSONNumber(entity.support)),
        ]
      }
      object["entities"] = .object(types)
    }
    return JSONValue.object(object).text(.compact)
  }

  /// A line for each type of entity.
  private func table(_ entities: [EntityScores]) -> String {
    let width = max(4, entities.map(\.type.count).max() ?? 0)
    func line(_ name: String, _ cells: [String]) -> String {
      ([name.padding(toLength: width, withPad: " ", startingAt: 0)]
        + cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 })
        .joined(separator: "  ")
    }
    return
      ([line("type", ["precision", "recall", "f1", "support"])]
      + entities.map {
        line(
          $0.type,
          [$0.precision.fixed(4), $0.recall.fixed(4), $0.f1.fixed(4), String($0.support)])
      }).joined(separator: "\n")
  }

  private func note(_ notice: String) {
    if !messages.quiet { Console.note(notice.withFlags + "\n") }
  }

  private func load(_ classifier: TextClassifier) throws -> Dataset {
    let url = URL(fileURLWithPath: data)
    let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    if let task, case .glue(let glue) = try TextTask(named: task) {
      return try glue.dataset(
        contentsOf: isFolder ? try glue.file(of: .validation, in: url) : url)
    }
    let kind = TaskKind(classifier.head.problem)
    if let task, try TextTask(named: task).kind != kind {
      throw InputError("--task", "\(task) is not what the model was trained for")
    }
    try labels.validate(for: kind)
    let file = isFolder ? try DataFolder(url: url).file(ofFirst: [.validation, .test]) : url
    if isFolder { note("evaluated on \(file.path)") }
    let columns = try columns.names(in: file, as: classifier.memory.columns)
    guard kind.hasLabels else { return try labels.read(file, columns, kind, nil) }
    let own = try LabelSet(classifier.head.labels, source: model)
    var data = try labels.read(file, columns, kind, named(own))
    // Called otherwise, they are the model's labels all the same.
    data.labels = own
    return data
  }

  /// The model's labels by the names that `--labels` gives them. Names that the model knows change nothing, whatever
  /// their order.
  private func named(_ own: LabelSet) throws -> LabelSet {
    guard let given = try labels.set(), !given.areNames(in: own) else { return own }
    guard given.count == own.count else {
      throw InputError(
        "--labels", "has \(given.count) labels, expected a name for each of the model's \(own.list)"
      )
    }
    return given
  }
}
