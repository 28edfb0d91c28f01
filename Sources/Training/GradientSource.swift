import Compute
import Datasets
import Foundation
import Inference
import Layers
import Models
import Support
import Tasks
import Weights

/// A model and data, ready for gradients to be taken.
package struct GradientSource {
  package let model: any TransformerModel
  package let data: EncodedDataset
  package let loss: any LossFunction
  package let fingerprint: Fingerprint
  package let engine: Engine
  package let settings: TrainingSettings

  /// Loads the model and encodes the texts.
  /// - Parameters:
  ///   - task: what is learnt; nil takes a classification of data that has labels, else a regression.
  ///   - threads: how many compute; all processors unless given.
  /// - Throws: `InputError` for everything that cannot be used as it is.
  package init(
    model folder: URL, data: Dataset, task: TaskKind?, _ settings: TrainingSettings, threads: Int?
  ) throws {
    let source = try ModelFolder(folder)
    let task = task ?? (data.labels == nil ? .regression : .classification)
    let head = try HeadChoice(for: data, task, in: source)
    let objective = try task.objective(head.head)
    engine = try Engine(precision: settings.trainedPrecision(of: folder), threads: threads)
    model = try source.model(
      head: head.head, weights: head.weights, dropout: settings.dropout, seed: settings.seed, engine
    )
    try settings.trainedLayers.validate(in: model)
    self.data = try TextEncoder(source, maximumLength: settings.maximumLength)
      .encode(
        data, objective, learning: settings.data.learntTurns, packing: settings.data.packing
      ) { _ in }
    loss = objective.loss
    fingerprint = try Fingerprint(of: source.checkpoint())
    self.settings = settings
  }
}
