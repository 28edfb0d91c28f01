import Compute
import Datasets
import Foundation
import Layers
import Methods
import Support
import Tasks
import Training

/// Looks at the gradients of a model's MLP weights on some batches: how sparse they are, and in which coordinates. The job of
/// `sparsegrad inspect`.
public struct GradientInspection {
  /// The folder of the model.
  public var model: URL
  /// The data whose gradients are taken.
  public var data: Dataset
  /// What is learnt; nil takes a classification of data that has labels, else a regression.
  public var task: TaskKind?
  /// Batches, seed, precision and dropout; of a method `basisSteps`, the batches that the bases are found from.
  public var settings: TrainingSettings
  /// The blocks to look at; nil takes the first, the middle and the last one.
  public var blocks: BlockSelection?
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

  /// Finds the bases, then looks at the gradients of further batches. The weights stay as they are.
  /// - Parameter progress: is told the number of batches done, and how many there are.
  /// - Returns: the layers in the model's order.
  /// - Throws: `InputError` for everything that cannot be used as it is.
  public func run(progress: (Int, Int) throws -> Void = { _, _ in }) throws -> [InspectedLayer] {
    guard 1...10_000 ~= steps else {
      throw InputError(.maximumSteps, "\(steps) batches, expected from 1 to 10000")
    }
    var settings = task?.problem == .nextToken ? settings.forLanguageModel : settings
    try settings.validate()
    let source = try GradientSource(
      model: model, data: data, task: task, settings, threads: threads)
    let kinds = settings.trainedLayers.layers
    let blocks = try chosenBlocks(of: source)
    settings.layers = TrainedLayers(blocks: blocks, layers: kinds)
    var all = settings
    all.layers = TrainedLayers(layers: kinds)

    let total = 2 * basisSteps + steps
    func find(_ sharing: SparseGradSettings.Sharing, _ settings: TrainingSettings, done: Int)
      throws -> Basis
    {
      var method = SparseGradSettings.paper
      (method.sharing, method.basisSteps) = (sharing, basisSteps)
      return try PreliminaryPhase(settings, loss: source.loss, source.engine).find(
        source.model, source.data, method, source.fingerprint
      ) { try progress(done + $0, total) }
    }
    let shared = try find(.shared, all, done: 0)
    let own = try find(.perBlock, settings, done: basisSteps)

    var (observations, padded): ([LayerObservation], Int) = ([], 0)
    for site in source.model.linears where settings.trainedLayers.includes(site.role) {
      guard let (pair, spectra) = own.axes(of: site.role),
        let (common, _) = shared.axes(of: site.role)
      else { continue }
      let observation = LayerObservation(
        site.role, own: AxisPair(output: pair.output, input: pair.input),
        shared: AxisPair(output: common.output, input: common.input), spectra: spectra)
      observations.append(observation)
      site.linear.learner = GradientObserver(site.linear) {
        observation.observe($0, $1, padded: padded, $2)
      }
    }
    defer { source.model.freeze() }
    let batches = FurtherBatches(source, settings, after: basisSteps)
    try batches.run(steps) { number, indices, accumulate in
      padded = indices.count * (indices.map { source.data.lengths[$0] }.max() ?? 0)
      accumulate()
      try progress(2 * basisSteps + number + 1, total)
    }
    return observations.map { $0.finish() }
  }

  private var basisSteps: Int {
    if case .sparseGrad(let method) = settings.method { method.basisSteps } else { 30 }
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
