import Compute
import Inference
import Layers
import Methods
import Models

/// Trains the head alone, so that the gradients of what follows do not come through a head drawn at random.
struct HeadPhase {
  let settings: TrainingSettings
  /// What is made small.
  let loss: any LossFunction
  let engine: Engine

  /// Takes `settings.headSteps` steps of Adam at the highest learning rate. The model's other weights stay as they are. A run
  /// that is resumed takes them again, as a basis may have to be found again.
  /// - Throws: `TrainingInterrupted` when the watcher wants to stop, `TrainingDiverged`.
  func train(
    _ model: any TransformerModel, _ data: EncodedDataset,
    _ watch: (TrainingEvent) throws -> TrainingDisposition
  ) throws {
    guard settings.headSteps > 0 else { return }
    let trained = model.trainHead(engine)
    // Numbers of forward passes that no other phase has, so that no dropout mask is used twice.
    let stepper = Stepper(model, trained, loss: loss, settings, firstPass: 3 << 30, engine)
    var batches = PreliminaryBatches(data, settings)
    for number in 0..<settings.headSteps {
      if try watch(.head(step: number, of: settings.headSteps)) == .stop || Task.isCancelled {
        throw TrainingInterrupted.inPreliminaryPhase
      }
      _ = try stepper.step(
        [batches.next()], of: data, number: number, learningRate: settings.highestLearningRate)
    }
    _ = try watch(.head(step: settings.headSteps, of: settings.headSteps))
    model.freeze()
  }
}
