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

  @OptionGroup var columns: ColumnOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(data, "--data")
    try checkingUsage {
      guard let task, case .glue(let glue) = try TextTask(flag: task) else { return }
      try columns.checkUnused(by: glue)
    }
  }

  func run() throws {
    let classifier = try TextClassifier(
      folder: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: compute.precision.precision, maximumLength: compute.maxLength,
      threads: compute.threads)
    let values = try classifier.evaluate(try load(classifier.head)) { notice in
      if !messages.quiet { Console.note(notice + "\n") }
    }
    if messages.json {
      try Console.printJSON(
        Dictionary(values.all.map { ($0.metric.rawValue, $0.value) }, uniquingKeysWith: { $1 }))
    } else {
      for (metric, value) in values.all {
        try Console.print("\(metric.rawValue): \(value.fixed(4))")
      }
    }
  }

  private func load(_ head: HeadConfiguration) throws -> Dataset {
    let url = URL(fileURLWithPath: data)
    let isFolder = (try? url.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    if let task, case .glue(let glue) = try TextTask(named: task) {
      return try glue.dataset(
        contentsOf: isFolder ? try glue.file(of: .validation, in: url) : url)
    }
    if let task,
      try TextTask(named: task).kind != (head == .regression ? .regression : .classification)
    {
      throw InputError("--task", "\(task) is not what the model was trained for")
    }
    guard !isFolder else {
      throw InputError(url.path, "is a folder, expected a file, or --task with a GLUE task")
    }
    switch head {
    case .regression:
      return try Dataset(contentsOf: url, columns: columns.names, targets: .numbers)
    case .classification(let labels):
      return try Dataset(
        contentsOf: url, columns: columns.names,
        targets: .labels(LabelSet(labels, source: model)))
    }
  }
}
