import Datasets
import Foundation
import Inference
import Support
import Training

/// Trains one cell into its folder, or goes on where it was interrupted.
struct GLUECellRun {
  let folder: GLUECellFolder
  let model: URL
  let data: GLUEData
  let setup: GLUECellRecord.Setup
  let threads: Int?
  let retention: GLUERetention

  /// - Throws: `TrainingInterrupted` when `watch` stops the run, `InputError` for everything that cannot be used as
  ///   it is. A run that diverges is no error: its record says so.
  func run(_ watch: @escaping (TrainingEvent) -> TrainingDisposition) throws -> GLUECellRecord {
    let started = ContinuousClock.now
    resetPeakProcessMemory()
    var job = FineTuning(
      model: model, task: .glue(data.task), training: data.training, validation: data.validation,
      output: folder.url)
    job.settings = setup.settings
    job.start = .resuming
    job.checkpoints = .removed
    job.threads = threads
    let outcome: GLUECellRecord.Outcome
    do {
      let figures = try job.run(watch)
      outcome = .finished(figures: figures, mismatched: try mismatched())
    } catch let error as TrainingDiverged {
      outcome = .diverged(message: error.description)
    }
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let record = GLUECellRecord(
      setup: setup, outcome: outcome, seconds: seconds, saveModels: retention)
    try folder.write(record)
    return record
  }

  private func mismatched() throws -> [String: Double]? {
    try data.mismatched.map { try classifier().evaluate($0).metrics.byName }
  }

  /// The trained model.
  private func classifier() throws -> TextClassifier {
    try TextClassifier(
      folder: folder.url, precision: setup.settings.precision,
      maximumLength: setup.settings.maximumLength, threads: threads)
  }

  /// Writes the predictions of the trained model for the benchmark's test files.
  func predict(from data: URL, to submission: URL, _ watch: (TrainingEvent) -> Void) throws {
    try GLUESubmission(self.data.task, classifier(), model: folder.url)
      .write(data: data, to: submission) { watch(.notice($0)) }
  }
}
