import Datasets
import Foundation
import Inference
import Support
import Tasks
import Training

/// Prediction files as the GLUE benchmark takes them: `index` and `prediction` in two columns with a header.
/// RTE, QNLI and MNLI name their labels, STS-B has numbers from 0 to 5, all others have 0 or 1.
public struct GLUESubmission {
  private let task: GLUETask
  private let classifier: TextClassifier
  /// For each label of the task, its place among the model's outputs.
  private let places: [Int]

  /// - Throws: `InputError` when the model's labels are not the task's.
  public init(_ task: GLUETask, _ classifier: TextClassifier, model: URL) throws {
    self.task = task
    self.classifier = classifier
    let kind = TaskKind(classifier.head.problem)
    guard kind == task.kind else {
      throw InputError(model.path, "is a \(kind.rawValue) model, not one for \(task.folder)")
    }
    places =
      try task.labels?.map(
        onto: LabelSet(classifier.head.labels, source: model.path), source: "task \(task.folder)")
      ?? []
  }

  /// The file's name: `RTE.tsv`, and `MNLI-m.tsv` or `MNLI-mm.tsv` of MNLI.
  public static func fileName(_ task: GLUETask, _ split: GLUETask.Split) -> String {
    guard task == .mnli else { return task.folder + ".tsv" }
    return split == .testMismatched ? "MNLI-mm.tsv" : "MNLI-m.tsv"
  }

  /// Predicts every test file of the task and writes the official files.
  /// - Parameters:
  ///   - data: the task's folder, or the one of all tasks.
  ///   - folder: the folder to write the files to.
  ///   - notice: is told when texts were truncated.
  /// - Returns: the files written.
  /// - Throws: `InputError` naming the file that cannot be read or written.
  @discardableResult
  public func write(
    data: URL, to folder: URL, notice: (String) -> Void = { _ in }
  ) throws -> [URL] {
    try Self.tests(of: task, in: data).map { split, test in
      let predictions = try classifier.predict(test.data.examples, notice: notice)
      let outputs = predictions.map { prediction in
        task.kind == .regression ? prediction.logits : places.map { prediction.logits[$0] }
      }
      let file = folder.appendingPathComponent(Self.fileName(task, split))
      let text = Self.text(task, indices: test.indices, outputs: outputs)
      try AtomicOutput.write(Data(text.utf8), to: file)
      return file
    }
  }

  /// Reads the test files of a task.
  static func tests(of task: GLUETask, in data: URL) throws -> [(GLUETask.Split, GLUETestSet)] {
    try task.testSplits.map { split in
      (split, try task.testSet(contentsOf: task.file(of: split, in: data)))
    }
  }

  /// The content of a file.
  /// - Parameter outputs: for each index a logit for each label, in the task's order; the number alone for STS-B.
  static func text(_ task: GLUETask, indices: [String], outputs: [[Float]]) -> String {
    let lines = zip(indices, outputs).map { "\($0)\t\(answer(task, $1))\n" }
    return "index\tprediction\n" + lines.joined()
  }

  private static func answer(_ task: GLUETask, _ output: [Float]) -> String {
    guard let labels = task.labels else {
      return String(format: "%.3f", min(5, max(0, output.first ?? 0)))
    }
    let best = output.indexOfMaximum
    return switch task {
    case .mnli, .qnli, .rte: labels.names[best]
    case .cola, .sst2, .mrpc, .stsb, .qqp, .wnli: String(best)
    }
  }
}
