import Datasets
import Foundation
import Methods
import Support
import Tasks

/// Finds a basis for a model on labelled text and writes it to a file: the job of `sparsegrad basis`.
public struct BasisSearch {
  /// The folder of the model.
  public var model: URL
  /// The data whose gradients are taken.
  public var data: Dataset
  /// What is learnt; nil takes a classification of data that has labels, else a regression.
  public var task: TaskKind?
  /// Batches, seed, precision, dropout; `method` says which basis.
  public var settings: TrainingSettings
  /// How many threads compute; all processors unless given.
  public var threads: Int?

  /// A search; `settings.method` must be `.sparseGrad` with a basis.
  public init(model: URL, data: Dataset, settings: TrainingSettings) {
    self.model = model
    self.data = data
    self.settings = settings
  }

  /// Runs the preliminary phase and writes the basis.
  /// - Parameters:
  ///   - url: the file to write.
  ///   - progress: is told the number of steps done.
  /// - Throws: `InputError` for everything that cannot be used as it is.
  public func run(writingTo url: URL, progress: (Int) throws -> Void = { _ in }) throws -> Basis {
    try settings.validate()
    guard case .sparseGrad(let method) = settings.method, method.needsBasis else {
      throw InputError(.method, "has no basis, expected sparsegrad with an axis to rotate")
    }
    if task?.problem == .nextToken, settings != settings.forLanguageModel {
      var search = self
      search.settings = settings.forLanguageModel
      return try search.run(writingTo: url, progress: progress)
    }
    let source = try GradientSource(
      model: model, data: data, task: task, settings, threads: threads)
    let basis = try PreliminaryPhase(settings, loss: source.loss, source.engine).find(
      source.model, source.data, method, source.fingerprint, progress: progress)
    try basis.write(to: url)
    return basis
  }
}
