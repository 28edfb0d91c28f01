import ArgumentParser
import Foundation
import SparseGrad

extension Precision: ExpressibleByArgument {}

extension TextTask {
  /// The task that `--task` names; classification if it is not given.
  /// - Throws: `InputError` naming the flag.
  init(flag name: String?) throws {
    do {
      try self.init(named: name)
    } catch let error as InputError {
      throw InputError("--task", "\"\(name ?? "")\" \(error.problem)")
    }
  }
}

/// What a run learns from.
struct TrainingData {
  let task: TextTask
  var training: Dataset
  var validation: Dataset?
  /// What a user should know of them.
  var notices: [String] = []
}

/// Training and validation data.
struct TrainingDataOptions: ParsableArguments {
  @Option(
    help:
      "classification, regression, multilabel, token-classification, text, conversation, or a GLUE task: cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli. (default: classification)"
  )
  var task: String?

  @Option(
    help:
      "Folder of the data: a GLUE folder, or train.tsv (.csv, .jsonl, .conll) and validation.tsv (valid, dev).",
    completion: .directory)
  var data: String?

  @Option(
    help: "File to train on (.tsv, .csv, .jsonl; for token-classification .jsonl or .conll).",
    completion: .file())
  var trainFile: String?

  @Option(help: "File to evaluate on while training.", completion: .file())
  var validationFile: String?

  @Option(
    help: ArgumentHelp(
      "Hold out this share of the training data for validation, for example 0.1: drawn with --seed, stratified by label.",
      valueName: "share"))
  var validationSplit: Double?

  @OptionGroup var labels: LabelOptions
  @OptionGroup var columns: ColumnOptions
  @OptionGroup var conversations: ConversationFlags

  func validate() throws {
    try checkingUsage {
      let task = try TextTask(flag: task)
      if data == nil, trainFile == nil {
        throw InputError("--train-file", "expected a file to train on, or --data with a folder")
      }
      if let validationSplit {
        guard 0 < validationSplit, validationSplit < 1 else {
          throw InputError("--validation-split", "expected a share between 0 and 1")
        }
        guard validationFile == nil else {
          throw InputError("--validation-split", "--validation-file is given, expected one of them")
        }
      }
      if case .glue(let glue) = task {
        try columns.checkUnused(by: glue)
        if labels.labels != nil { throw InputError("--labels", "\(glue.rawValue) has its own") }
      }
      try labels.validate(for: task.kind)
      try conversations.validate(for: task.kind, columns)
    }
  }

  /// Reads the files.
  /// - Parameter seed: draws what is split off.
  /// - Throws: `InputError` naming what cannot be used.
  func load(seed: UInt64) throws -> TrainingData {
    let task = try TextTask(named: task)
    var data =
      switch task {
      case .glue(let glue): try load(glue)
      case .files(let kind): try load(kind)
      }
    guard let validationSplit else { return data }
    if let held = data.validation {
      throw InputError(
        "--validation-split", "there is validation data already, \(held.source)")
    }
    let parts = try data.training.split(validationShare: validationSplit, seed: seed)
    (data.training, data.validation) = (parts.training, parts.validation)
    data.notices.append(
      "\(parts.validation.examples.count) of \(parts.validation.examples.count + parts.training.examples.count) "
        + "examples are held out for validation")
    return data
  }

  private var folder: URL? { data.map { URL(fileURLWithPath: $0) } }

  private func load(_ glue: GLUETask) throws -> TrainingData {
    func read(_ file: String?, _ split: GLUETask.Split) throws -> Dataset? {
      let url =
        try file.map { URL(fileURLWithPath: $0) }
        ?? folder.map { try glue.file(of: split, in: $0) }
      return try url.map { try glue.dataset(contentsOf: $0) }
    }
    guard let training = try read(trainFile, .train) else {
      throw InputError("--train-file", "expected a file to train on")
    }
    return TrainingData(
      task: .glue(glue), training: training, validation: try read(validationFile, .validation))
  }

  private func load(_ kind: TaskKind) throws -> TrainingData {
    let folder = folder.map(DataFolder.init)
    let file =
      try trainFile.map { URL(fileURLWithPath: $0) } ?? folder?.file(ofFirst: [.training])
    guard let file else { throw InputError("--train-file", "expected a file to train on") }
    if kind == .conversation { return try conversations(file, folder) }
    let training = try labels.read(file, columns.names, kind, labels.set())
    try refuseMeasurements(training)
    let held = validationFile.map { URL(fileURLWithPath: $0) } ?? folder?.file(of: .validation)
    var data = TrainingData(task: .files(kind), training: training)
    data.validation = try held.map {
      try labels.read($0, training.columns, kind, training.labels)
    }
    if held == nil, validationSplit == nil, let test = folder?.file(of: .test) {
      data.notices.append(
        "\(test.path) is not read: what chooses the model should not judge it, too; "
          + "--validation-split 0.1 holds a part of the training data out")
    }
    return data
  }

  private func conversations(_ file: URL, _ folder: DataFolder?) throws -> TrainingData {
    var notices: [String] = []
    let training = try conversations.read(file) { notices.append($0) }
    let held = validationFile.map { URL(fileURLWithPath: $0) } ?? folder?.file(of: .validation)
    let validation = try held.map { file in
      try conversations.read(file) { notices.append($0) }
    }
    return TrainingData(
      task: .files(.conversation), training: training, validation: validation, notices: notices)
  }

  /// Many numbers that do not count from 0 or 1 are measured, most likely; whoever means classes says so.
  private func refuseMeasurements(_ data: Dataset) throws {
    guard task == nil, labels.labels == nil, let labels = data.labels, labels.count > 20,
      labels.areMeasurements
    else { return }
    throw InputError(
      data.source, at: "column \"\(data.columns.label ?? "label")\"",
      "holds \(labels.count) different numbers: --task regression predicts numbers, "
        + "--task classification takes them for labels")
  }
}
