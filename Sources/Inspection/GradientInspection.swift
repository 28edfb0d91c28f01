import Compute
import Datasets
import Foundation
import Layers
import Methods
import Support
import Tasks
import Training

/// Looks at the gradients of a model's MLP weights in the first steps of fine-tuning: how sparse they are, and in which
/// coordinates. The job of `sparsegrad inspect`.
public struct GradientInspection {
  /// What happens to the weights while gradients are looked at.
  public enum WeightState: Sendable {
    /// They learn, as in a run of so many steps with these settings.
    case training
    /// They stay as they are.
    case frozen
  }

  /// The folder of the model.
  public var model: URL
  /// The data whose gradients are taken.
  public var data: Dataset
  /// What is learnt; nil takes a classification of data that has labels, else a regression.
  public var task: TaskKind?
  /// How weights learn: method, learning rate, batches, seed, precision and dropout. Its length is `steps`.
  public var settings: TrainingSettings
  /// Whether they learn.
  public var weights = WeightState.training
  /// The blocks to look at; nil takes the first, the middle and the last one.
  public var blocks: BlockSelection?
  /// Batches that the bases are found from.
  public var basisSteps = 30
  /// Batches to look at, other ones than those the bases are found from.
  public var steps = 10
  /// How many threads compute; all processors unless given.
  public var threads: Int?

  /// An inspection.
  public init(model: URL, data: Dataset, settings: TrainingSettings) {
    self.model = model
    self.data = data
    self.settings = settings
  }

  /// Finds the bases with the weights as they are, then looks at the gradients of further batches.
  /// - Returns: the layers in the model's order.
  /// - Throws: `InputError` for everything that cannot be used as it is, `TrainingDiverged`.
  public func run(progress: (InspectionEvent) throws -> Void = { _ in }) throws -> [InspectedLayer]
  {
    guard 1...10_000 ~= steps, 1...10_000 ~= basisSteps else {
      let count = 1...10_000 ~= steps ? basisSteps : steps
      throw InputError(.maximumSteps, "\(count) batches, expected from 1 to 10000")
    }
    var settings = task?.problem == .nextToken ? settings.forLanguageModel : settings
    settings.accumulation = 1
    try settings.validate()
    if weights == .training, case .sparseGrad(let method) = settings.method,
      method.preliminary == .trained
    {
      throw InputError(
        .preliminary, "trained would move the weights that bases are found with, expected frozen")
    }
    let source = try GradientSource(
      model: model, data: data, task: task, settings, threads: threads)
    defer { source.model.freeze() }
    let looked = TrainedLayers(
      blocks: try chosenBlocks(of: source), layers: settings.trainedLayers.layers)
    if weights == .training { try source.model.validate(settings.method, settings.trainedLayers) }
    let bases = try findBases(source, settings, looked, progress)
    let trained =
      weights == .frozen
      ? nil
      : try source.model.train(
        settings.method, on: settings.trainedLayers, scope: settings.trainedScope,
        basis: bases.ofMethod, seed: settings.seed, source.engine)

    var (observations, padded): ([LayerObservation], PaddedRows?) = ([], nil)
    for site in source.model.linears where looked.includes(site.role) {
      guard let (own, spectra) = bases.own.axes(of: site.role),
        let (shared, _) = bases.shared.axes(of: site.role)
      else { continue }
      let observation = LayerObservation(
        site.role, own: AxisPair(output: own.output, input: own.input),
        shared: AxisPair(output: shared.output, input: shared.input), spectra: spectra)
      observations.append(observation)
      site.linear.learner = GradientObserver(site.linear) {
        if let padded { observation.observe($0, $1, padded: padded, $2) }
      }
    }
    let batches = FurtherBatches(source, settings, after: basisSteps)
    try batches.run(steps, training: trained) { number, indices, take in
      padded = PaddedRows(
        source.data.batch(indices, sequences: source.model.sequenceToken).batch)
      try progress(.step(number + 1, of: steps, loss: take()))
    }
    return observations.map { $0.finish() }
  }

  /// The bases that gradients are looked at in, and the one that the method needs, all from one pass over the batches.
  private func findBases(
    _ source: GradientSource, _ settings: TrainingSettings, _ looked: TrainedLayers,
    _ progress: (InspectionEvent) throws -> Void
  ) throws -> (shared: Basis, own: Basis, ofMethod: Basis?) {
    func builder(_ method: SparseGradSettings, _ layers: TrainedLayers) -> BasisBuilder {
      BasisBuilder(source.model, method, on: layers, source.fingerprint, source.engine)
    }
    func builder(_ sharing: SparseGradSettings.Sharing, _ layers: TrainedLayers) -> BasisBuilder {
      var method = SparseGradSettings.paper
      method.sharing = sharing
      return builder(method, layers)
    }
    // Each hands the gradients on to the one before it.
    let shared = builder(.shared, TrainedLayers(layers: looked.layers))
    let own = builder(.perBlock, looked)
    var ofMethod: BasisBuilder?
    if weights == .training, case .sparseGrad(let method) = settings.method, method.needsBasis {
      ofMethod = builder(method, settings.trainedLayers)
    }
    try progress(.basis(step: 0, of: basisSteps))
    try FurtherBatches(source, settings, after: 0).run(basisSteps) { number, _, take in
      _ = try take()
      try progress(.basis(step: number + 1, of: basisSteps))
    }
    // The last one comes off first.
    let found = (try ofMethod?.finish(), try own.finish(), try shared.finish())
    return (found.2, found.1, found.0)
  }

  private func chosenBlocks(of source: GradientSource) throws -> BlockSelection {
    let count = (source.model.linears.map(\.role.block).max() ?? 0) + 1
    guard let blocks else {
      return .ranges(Set([0, count / 2, count - 1]).sorted().map { $0...$0 })
    }
    try blocks.validate(blocks: count)
    return blocks
  }
}
