import ArgumentParser
import Foundation
import SparseGrad

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a fine-tuned model on labelled text.")

  @Option(help: "Hugging Face folder of the fine-tuned model.", completion: .directory)
  var model: String

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

  func run() throws {
    let classifier = try TextClassifier(
      folder: URL(fileURLWithPath: model), precision: compute.precision,
      maximumLength: compute.maxLength, threads: compute.threads)
    let values = try classifier.evaluate(try load(classifier.head)) { notice in
      if !messages.quiet { FileHandle.standardError.write(Data((notice + "\n").utf8)) }
    }
    if messages.json {
      JSONLine.print(
        Dictionary(values.all.map { ($0.metric.rawValue, $0.value) }, uniquingKeysWith: { $1 }))
    } else {
      for (metric, value) in values.all { print("\(metric.rawValue): \(value.fixed(4))") }
    }
  }

  private func load(_ head: HeadConfiguration) throws -> Dataset {
    let url = URL(fileURLWithPath: data)
    if let task, case .glue(let glue) = try TextTask(named: task) {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      return try glue.dataset(
        contentsOf: isFolder.boolValue ? try glue.file(of: .validation, in: url) : url)
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
