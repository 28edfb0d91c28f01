import ArgumentParser
import Foundation
import SparseGrad

/// Prediction files for the GLUE benchmark.
struct SubmissionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "GLUE folder whose test files are predicted, instead of texts.", valueName: "folder"),
    completion: .directory)
  var glueTest: String?

  @Option(help: "The GLUE task that the model was trained for, with --glue-test.")
  var task: String?

  @Option(
    help:
      "Folder for the prediction files, RTE.tsv for example, in the benchmark's format; with --glue-test.",
    completion: .directory)
  var submission: String?

  func validate() throws {
    let given = [glueTest, task, submission].compactMap { $0 }
    guard given.isEmpty || given.count == 3 else {
      throw ValidationError("--glue-test, --task and --submission go together")
    }
    try checkingUsage { _ = try glueTask() }
  }

  private func glueTask() throws -> GLUETask? {
    guard let task else { return nil }
    guard case .glue(let glue) = try TextTask(flag: task) else {
      throw InputError("--task", "\(task) is no GLUE task")
    }
    return glue
  }

  /// Writes the files, if that was asked for.
  /// - Returns: the files; nil when it was not.
  func write(
    _ classifier: TextClassifier, model: String, notice: (String) -> Void
  ) throws -> [URL]? {
    guard let glueTest, let glue = try glueTask(), let submission else { return nil }
    return try GLUESubmission(glue, classifier, model: URL(fileURLWithPath: model)).write(
      data: URL(fileURLWithPath: glueTest), to: URL(fileURLWithPath: submission), notice: notice)
  }
}
