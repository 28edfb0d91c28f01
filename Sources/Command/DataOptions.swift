import ArgumentParser
import Foundation
import SparseGrad

extension Precision: ExpressibleByArgument {}

/// Which columns of a file are read.
struct ColumnOptions: ParsableArguments {
  @Option(help: "Column of the text. (default: guessed from the header)")
  var textColumn: String?

  @Option(help: "Column of the second text of a pair. (default: guessed from the header)")
  var pairColumn: String?

  @Option(help: "Column of the label or value. (default: guessed from the header)")
  var labelColumn: String?

  var names: ColumnNames { ColumnNames(text: textColumn, pair: pairColumn, label: labelColumn) }

  /// - Throws: `InputError` when a column is named, which a GLUE task does by itself.
  func checkUnused(by task: GLUETask) throws {
    if names != ColumnNames() {
      throw InputError("--task", "\(task.rawValue) has its own columns, expected none to be named")
    }
  }
}

extension TextTask {
  /// The task that `--task` names.
  /// - Throws: `InputError` naming the flag.
  init(flag name: String) throws {
    do {
      try self.init(named: name)
    } catch let error as InputError {
      throw InputError("--task", "\"\(name)\" \(error.problem)")
    }
  }
}

/// Training and validation data.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help:
      "classification, regression, or a GLUE task: cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli."
  )
  var task = "classification"

  @Option(
    help:
      "Folder of the data: a GLUE folder, or train.tsv (.csv, .jsonl) and validation.tsv (dev, valid, test).",
    completion: .directory)
  var data: String?

  @Option(help: "File to train on (.tsv, .csv, .jsonl).", completion: .file())
  var trainFile: String?

  @Option(help: "File to evaluate on while training.", completion: .file())
  var validationFile: String?

  @Option(
    help:
      "Labels in the order of their ids, separated by commas. (default: those of the data, sorted)")
  var labels: String?

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    try checkingUsage {
      let task = try TextTask(flag: task)
      if data == nil, trainFile == nil {
        throw InputError("--train-file", "expected a file to train on, or --data with a folder")
      }
      if case .glue(let glue) = task {
        try columns.checkUnused(by: glue)
        if labels != nil { throw InputError("--labels", "\(glue.rawValue) has its own") }
      }
    }
  }

  func load() throws -> (task: TextTask, training: Dataset, validation: Dataset?) {
    let task = try TextTask(named: task)
    let folder = data.map { URL(fileURLWithPath: $0) }
    switch task {
    case .glue(let glue):
      func read(_ file: String?, _ split: GLUETask.Split) throws -> Dataset? {
        let url =
          try file.map { URL(fileURLWithPath: $0) }
          ?? folder.map { try glue.file(of: split, in: $0) }
        return try url.map { try glue.dataset(contentsOf: $0) }
      }
      guard let training = try read(trainFile, .train) else {
        throw InputError("--train-file", "expected a file to train on")
      }
      return (task, training, try read(validationFile, .validation))
    case .files(let kind):
      let file = try trainFile.map { URL(fileURLWithPath: $0) } ?? find(["train"], in: folder)
      guard let file else { throw InputError("--train-file", "expected a file to train on") }
      let held =
        validationFile.map { URL(fileURLWithPath: $0) }
        ?? (try? find(["validation", "valid", "dev", "test"], in: folder))
      let known = try labels.map {
        try LabelSet(
          $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
          source: "--labels")
      }
      let training = try Dataset(
        contentsOf: file, columns: columns.names,
        targets: kind == .regression ? .numbers : .labels(known))
      let validation = try held.map {
        try Dataset(
          contentsOf: $0, columns: training.columns,
          targets: kind == .regression ? .numbers : .labels(training.labels))
      }
      return (task, training, validation)
    }
  }

  private func find(_ names: [String], in folder: URL?) throws -> URL? {
    guard let folder else { return nil }
    for name in names {
      for ending in ["tsv", "csv", "jsonl"] {
        let file = folder.appendingPathComponent("\(name).\(ending)")
        if FileManager.default.fileExists(atPath: file.path) { return file }
      }
    }
    throw InputError(folder.path, "holds no \(names[0]).tsv, .csv or .jsonl")
  }
}
