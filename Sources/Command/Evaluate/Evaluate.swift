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
      "A GLUE task, whose columns and metrics are used; of a language model text or conversation. (default: what the model was trained for)"
  )
  var task: String?

  @OptionGroup var labels: LabelOptions
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var conversations: ConversationFlags
  @OptionGroup var thresholds: ThresholdOptions
  @OptionGroup var loss: LossOptions

  @Flag(
    help: "With --json: the scores of every class and the confusion matrix as well.")
  var byClass = false

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(data, "--data")
    if byClass, !messages.json { throw ValidationError("--by-class: expected with --json") }
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
      try load(classifier), loss: loss.loss, thresholds: thresholds.values,
      on: conversations.lossOn, notice: note)
    guard !byClass || evaluation.classes != nil else {
      throw InputError("--by-class", "has no meaning for this model, whose answers are no labels")
    }
    if messages.json {
      try Console.print(json(evaluation, classifier.head.problem))
    } else {
      for (metric, value) in evaluation.metrics.all {
        try Console.print("\(metric.rawValue): \(value.fixed(4))")
      }
      if let classes = evaluation.classes { try Console.print("\n" + classes.table) }
    }
  }

  private func json(_ evaluation: Evaluation, _ problem: HeadConfiguration.Problem) -> String {
    var object = JSONObject()
    for (metric, value) in evaluation.metrics.all.sorted(by: {
      $0.metric.rawValue < $1.metric.rawValue
    }) {
      object[metric.rawValue] = value.isFinite ? .number(JSONNumber(value)) : .null
    }
    guard let report = evaluation.classes else { return JSONValue.object(object).text(.compact) }
    let isOfEntities = problem == .tokens
    if isOfEntities || byClass {
      object[isOfEntities ? "entities" : "classes"] = report.classes.json
    }
    if byClass {
      object["averages"] = [report.micro, report.macro, report.weighted].json
      if let confusion = report.confusion {
        object["confusion_matrix"] = .array(
          confusion.map { .array($0.map { .number(JSONNumber($0)) }) })
      }
    }
    return JSONValue.object(object).text(.compact)
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
    let file = isFolder ? try DataFolder(url: url).file(ofFirst: [.validation, .test]) : url
    let kind = try kind(of: file, classifier.head.problem)
    try labels.validate(for: kind)
    try conversations.validate(for: kind, columns)
    if isFolder { note("evaluated on \(file.path)") }
    let columns = try columns.names(in: file, as: classifier.memory.columns)
    if kind == .conversation { return try conversations.read(file, note) }
    guard kind.hasLabels else { return try labels.read(file, columns, kind, nil) }
    let own = try LabelSet(classifier.head.labels, source: model)
    var data = try labels.read(file, columns, kind, named(own))
    // Called otherwise, they are the model's labels all the same.
    data.labels = own
    return data
  }

  /// What is in a file: what `--task` says or, for a language model, conversations if the file begins with one.
  private func kind(of file: URL, _ problem: HeadConfiguration.Problem) throws -> TaskKind {
    if let task {
      let kind = try TextTask(named: task).kind
      guard kind.problem == problem else {
        throw InputError("--task", "\(task) is not what the model was trained for")
      }
      return kind
    }
    guard problem == .nextToken else { return TaskKind(problem) }
    return Dataset.holdsConversations(file) ? .conversation : .text
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
