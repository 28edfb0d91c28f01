import ArgumentParser
import Foundation
import SparseGrad

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Draw the gradients of a model's MLP weights in the first steps of fine-tuning: how sparse they are, and where.",
    discussion:
      "Writes figures 2 and 3 of the paper, energy against density, spectra and overlaps as SVG, PNG and CSV files. Nothing of the training is kept. docs/inspect.md says how to read the pictures."
  )

  @Option(help: "Hugging Face folder or GGUF file of the model.", completion: .directory)
  var model: String

  @Option(help: "Folder to write, which must not be there yet.", completion: .directory)
  var output: String

  @OptionGroup(title: "Data") var data: TrainingDataOptions

  @Option(
    help: "Steps of fine-tuning to look at, on other batches than those the bases are found from.")
  var steps = 10

  @Option(help: "Batches that the bases are found from, before the first step.")
  var basisSteps = 30

  @Option(
    help:
      "Fine-tuning method: full, lora, meprop, sparsegrad or sparsegrad-paper, with its default settings. (default: sparsegrad)"
  )
  var method: MethodName?

  @Option(help: "Peak learning rate. (default: 2e-4; 5e-5 with --method full)")
  var learningRate: Double?

  @Flag(help: "Look at the gradients of the weights as they are: nothing is trained.")
  var frozen = false

  @Option(
    help: ArgumentHelp(
      "Blocks to look at: all, every:3, or numbers and ranges such as 0,4,8-11. (default: the first, the middle and the last one)",
      valueName: "blocks"))
  var blocks: String?

  @Option(
    help: ArgumentHelp(
      "MLP layers to fine-tune and to look at: up_proj, down_proj, gate_proj. (default: up_proj,down_proj)",
      valueName: "layers"))
  var mlpLayers: CommaSeparated<MLPLayer>?

  @Option(help: "Batch size in sequences. (default: 16; 4 for language models)")
  var batchSize: Int?

  @Option(help: "Random seed for the head's weights, the order of examples and dropout.")
  var seed: UInt64 = 42

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(output, "--output")
    guard 1...10_000 ~= steps, 1...10_000 ~= basisSteps else {
      throw ValidationError("--steps and --basis-steps: expected from 1 to 10000")
    }
    guard !frozen || method == nil && learningRate == nil else {
      throw ValidationError("--frozen: expected without --method and --learning-rate")
    }
    try checkingUsage {
      _ = try blocks.map { try BlockSelection($0) }
      try settings(isLanguage: false).validate()
    }
  }

  private func settings(isLanguage: Bool) throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.method = try MethodOptions.parse(
      method.map { ["--method", $0.rawValue] } ?? []
    ).trainingMethod
    settings.layers = mlpLayers.map {
      TrainedLayers(blocks: isLanguage ? .every(3) : .all, layers: $0.values)
    }
    settings.learningRate = learningRate
    settings.batch = .sequences(batchSize ?? (isLanguage ? 4 : 16))
    settings.seed = seed
    settings.data.learntTurns = data.conversations.learntTurns
    settings.precision = compute.precision.precision
    settings.maximumLength = compute.maxLength ?? (isLanguage ? 1024 : nil)
    return settings
  }

  func run() throws {
    let folder = URL(fileURLWithPath: output)
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw InputError(output, "is there already, expected a new folder")
    }
    let loaded = try data.load(seed: seed)
    var inspection = GradientInspection(
      model: URL(fileURLWithPath: model), data: loaded.training,
      settings: try settings(isLanguage: loaded.task.kind.problem == .nextToken))
    inspection.task = loaded.task.kind
    inspection.weights = frozen ? .frozen : .training
    inspection.blocks = try blocks.map { try BlockSelection($0) }
    (inspection.basisSteps, inspection.steps) = (basisSteps, steps)
    inspection.threads = compute.threads
    let reporter = ProgressReporter(messages.style, basisFlags: "--basis-steps")
    let interrupt = Interrupt()
    if let notice = InspectionPictures.notice { try reporter.report(.notice(notice)) }
    let layers = try inspection.run { event in
      try reporter.report(event)
      if interrupt.wasRequested { throw InputError("inspect", "interrupted") }
    }
    reporter.closeLine()
    try InspectionPictures(layers).write(to: folder)
    if messages.json {
      for layer in layers { try Console.printJSON(Line(layer)) }
    } else if !messages.quiet {
      try Console.print(table(layers))
    }
  }

  /// What a layer's line of JSON holds.
  private struct Line: Encodable {
    let block: Int, layer: String
    /// The share of the squared gradient in the largest 1 % of elements, as a mean over the steps.
    let energy_in_1_percent: [String: Double]
    /// The share of these that are among those of the next step, as a mean.
    let overlap: [String: Double]
    let non_zero: Double, non_zero_padded: Double

    init(_ layer: InspectedLayer) {
      (block, self.layer) = (layer.block, layer.kind)
      let spaces = GradientSpace.allCases
      energy_in_1_percent = Dictionary(
        uniqueKeysWithValues: spaces.map { ($0.rawValue, (layer.concentration[$0] ?? []).mean) })
      overlap = Dictionary(
        uniqueKeysWithValues: spaces.map { ($0.rawValue, (layer.overlaps[$0] ?? []).mean) })
      non_zero = layer.nonZero.map(\.computed).mean
      non_zero_padded = layer.nonZero.map(\.padded).mean
    }
  }

  private func table(_ layers: [InspectedLayer]) -> String {
    let lines = layers.flatMap { layer in
      [
        "block \(layer.block), \(layer.kind): share of the squared gradient in the largest 1 % of elements"
      ]
        + GradientSpace.allCases.map { space in
          "  \((layer.concentration[space] ?? []).mean.fixed(3))  \(space.rawValue)"
        }
    }
    return (lines + ["pictures and numbers: \(output)"]).joined(separator: "\n")
  }
}

extension ProgressReporter {
  fileprivate func report(_ event: InspectionEvent) throws {
    switch event {
    case .basis(let step, let count): try report(TrainingEvent.basis(step: step, of: count))
    case .step(let step, let count, let loss):
      update("step \(step)/\(count)  loss \(loss.fixed(4))", isLast: step == count)
    }
  }
}

extension [Double] {
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
