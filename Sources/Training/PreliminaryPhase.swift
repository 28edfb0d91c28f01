import Compute
import Foundation
import Inference
import Layers
import Methods
import Models
import Support
import Weights

/// Finds the basis that a method needs, on batches of the training data.
package struct PreliminaryPhase {
  private let settings: TrainingSettings
  private let loss: any LossFunction
  private let engine: Engine

  /// - Parameter loss: whose gradients are taken.
  package init(_ settings: TrainingSettings, loss: any LossFunction, _ engine: Engine) {
    self.settings = settings
    self.loss = loss
    self.engine = engine
  }

  /// The basis: the one in a `given` file, else the one `kept` in the run's folder if it was found for the same model,
  /// data and settings, else a new one, which is then kept there. Nil when the method needs none.
  /// - Parameter configuration: a digest of the model's `config.json`.
  /// - Throws: `InputError` when the given file cannot be used.
  func basis(
    _ model: any TransformerModel, _ data: EncodedDataset, _ fingerprint: Fingerprint,
    given: URL?, kept: URL, configuration: String,
    _ watch: @escaping (TrainingEvent) throws -> TrainingDisposition
  ) throws -> Basis? {
    guard case .sparseGrad(let method) = settings.method, method.needsBasis else { return nil }
    if let given {
      return try check(Basis(contentsOf: given, for: fingerprint, engine), method, given)
    }
    // A run that trains in this phase has to repeat it: only then are its weights right.
    let origin = try origin(fingerprint, data, configuration)
    if method.preliminary == .frozen, FileManager.default.fileExists(atPath: kept.path) {
      do {
        let basis = try Basis(contentsOf: kept, for: fingerprint, engine)
        if basis.origin == origin { return basis }
      } catch let error as InputError {
        // Found again, it is the same.
        _ = try watch(.notice("\(error); the basis will be found again"))
      }
    }
    let seconds = expectedSeconds(model, data, method)
    let basis = try find(model, data, method, fingerprint) {
      let event = TrainingEvent.basis(step: $0, of: method.basisSteps, expectedSeconds: seconds)
      if try watch(event) == .stop || Task.isCancelled {
        throw TrainingInterrupted.inPreliminaryPhase
      }
    }
    basis.origin = origin
    try basis.write(to: kept)
    return basis
  }

  /// What decides which head a basis is found with, where the head trains first.
  private static let decidingHead = [
    "headSteps", "learningRate", "beta1", "beta2", "epsilon", "weightDecay", "maximumGradientNorm",
    "loss",
  ]

  /// A digest of all that decides which basis is found.
  private func origin(
    _ fingerprint: Fingerprint, _ data: EncodedDataset, _ configuration: String
  ) throws -> String {
    let deciding =
      [
        "method", "layers", "batch", "accumulation", "order", "seed", "dropout", "precision",
      ] + (settings.headSteps > 0 ? Self.decidingHead : [])
    let fields = try settings.fields().filter { key, _ in
      deciding.contains { key == $0 || key.hasPrefix($0 + ".") }
    }
    let hash = try SHA256()
    let texts =
      [fingerprint.description, try data.fingerprint().description, configuration]
      + fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    try hash.update(texts.joined(separator: "\n"))
    return try hash.finish()
  }

  /// About how long the phase will take, from the time of a forward pass over its first batch, of which the gradients
  /// take about three. Neither the model nor anything random changes.
  private func expectedSeconds(
    _ model: any TransformerModel, _ data: EncodedDataset, _ method: SparseGradSettings
  ) -> Double {
    var batches = PreliminaryBatches(data, settings)
    let looked = min(method.basisSteps, 100)
    let sample = (0..<looked).map { _ in batches.next() }
    guard let first = sample.first else { return 0 }
    let pass = { (examples: [Int]) in
      engine.activations.scope {
        model.read(data.batch(examples, sequences: model.sequenceToken).batch, engine) { _, _ in }
      }
    }
    // The first pass of a process prepares kernels and reads weights.
    pass(Array(first.prefix(1)))
    let clock = ContinuousClock.now
    pass(first)
    let seconds = (ContinuousClock.now - clock) / .seconds(1)
    let lengths = data.lengths
    let tokens = { (batch: [Int]) in batch.reduce(0) { $0 + lengths[$1] } }
    let perToken = seconds / Double(max(tokens(first), 1))
    let perStep = Double(sample.reduce(0) { $0 + tokens($1) }) / Double(looked)
    return 3 * perToken * perStep * Double(method.basisSteps)
  }

  /// Takes gradients over the phase's batches.
  package func find(
    _ model: any TransformerModel, _ data: EncodedDataset, _ method: SparseGradSettings,
    _ fingerprint: Fingerprint, progress: (Int) throws -> Void
  ) throws -> Basis {
    let trained =
      method.preliminary == .trained
      ? try model.train(
        .full, on: settings.trainedLayers, scope: settings.trainedScope, engine)
      : TrainedParameters()
    let builder = BasisBuilder(
      model, method, on: settings.trainedLayers, fingerprint, engine)
    // Forward passes of this phase have numbers of their own, so that no dropout mask is used twice.
    let stepper = Stepper(model, trained, loss: loss, settings, firstPass: 1 << 31, engine)
    var batches = PreliminaryBatches(data, settings)
    try progress(0)
    for step in 0..<method.basisSteps {
      let batch = batches.next()
      switch method.preliminary {
      case .frozen:
        _ = stepper.accumulate([batch], of: data, number: step)
      case .trained:
        _ = try stepper.step(
          [batch], of: data, number: step, learningRate: settings.highestLearningRate)
      }
      try progress(step + 1)
    }
    let basis = try builder.finish()
    model.freeze()
    return basis
  }

  private func check(_ basis: Basis, _ method: SparseGradSettings, _ file: URL) throws -> Basis {
    guard basis.axes == method.axes, basis.sharing == method.sharing else {
      throw InputError(
        file.path,
        "was found with axes \(basis.axes.rawValue), \(basis.sharing.rawValue); expected "
          + "\(method.axes.rawValue), \(method.sharing.rawValue)")
    }
    return basis
  }
}
