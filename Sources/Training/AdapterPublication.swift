import Adapters
import Compute
import Foundation
import Inference
import Methods
import Models
import Support
import Weights

/// Makes an adapter of a run's checkpoint, and the model that base and adapter give: that model, not the
/// checkpoint's, is the result of a run that saves an adapter, so that the two agree in every bit. (They differ
/// from the checkpoint by roundings of sums.)
struct AdapterPublication {
  let base: ModelFolder
  let fingerprint: Fingerprint
  let head: HeadChoice
  let settings: TrainingSettings
  /// Whether the run went on from another adapter: what sparsely trained weights remember is not all of their change then.
  let followsAdapter: Bool
  let engine: Engine

  /// Writes the adapter's folder.
  /// - Parameters:
  ///   - final: the model of the step.
  ///   - trained: what the method trains of it.
  ///   - state: the tensors of the step's checkpoint.
  /// - Returns: the base with the adapter.
  func publish(
    _ final: any TransformerModel, _ trained: TrainedParameters, state: Checkpoint, to url: URL
  ) throws -> any TransformerModel {
    let origin = try base.model(
      head: head.head, weights: head.weights, seed: settings.seed, engine)
    var run: AdapterWriter.Run? = .init(method: settings.method, trained: trained, state: state)
    if followsAdapter, trained.additions.isEmpty { run = nil }
    try AdapterWriter(
      origin: origin, final: final, head: head.head, path: base.url.path, fingerprint: fingerprint,
      engine
    ).write(run, to: url)
    return try base.model(adapters: [Adapter(folder: url)], engine)
  }
}
