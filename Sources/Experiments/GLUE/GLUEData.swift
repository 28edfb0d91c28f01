import Datasets
import Foundation
import Inference
import Support
import Training
import Weights

/// The data of one task, as a cell uses it.
struct GLUEData {
  let task: GLUETask
  let training: Dataset
  let validation: Dataset
  /// MNLI's second validation set, where the folder has it.
  let mismatched: Dataset?
  /// What records say of the data.
  let identity: Identity

  /// By what a record knows the data of its run.
  struct Identity {
    let trainingExamples, validationExamples: Int
    let trainingFingerprint, validationFingerprint: String?
  }

  /// - Parameter limit: only so many of the first training examples are used.
  /// - Throws: `InputError` naming the file that is missing or cannot be used.
  init(_ task: GLUETask, in folder: URL, limit: Int?) throws {
    self.task = task
    func read(_ split: GLUETask.Split) throws -> Dataset {
      try task.dataset(contentsOf: task.file(of: split, in: folder))
    }
    var training = try read(.train)
    if let limit { training.examples = Array(training.examples.prefix(limit)) }
    self.training = training
    validation = try read(.validation)
    mismatched = try task.fileIfPresent(of: .validationMismatched, in: folder).map {
      try task.dataset(contentsOf: $0)
    }
    identity = Identity(
      trainingExamples: training.examples.count, validationExamples: validation.examples.count,
      trainingFingerprint: try Fingerprint(of: training).description,
      validationFingerprint: try Fingerprint(of: validation).description)
  }
}
