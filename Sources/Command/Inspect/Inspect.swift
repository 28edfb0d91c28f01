import ArgumentParser
import Foundation
import SparseGrad

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the gradients of a model's MLP weights: how sparse they are, and where.",
    discussion:
      "Writes figures 2 and 3 of the paper, energy against density, spectra and overlaps as SVG, PNG and CSV files. docs/inspect.md says how to read them."
  )

  @Option(help: "Hugging Face folder or GGUF file of the model.", completion: .directory)
  var model: String

  @Option(help: "Folder to write, which must not be there yet.", completion: .directory)
  var output: String

  @OptionGroup(title: "Data") var data: TrainingDataOptions

  @Option(help: "Batches to look at, other ones than those the bases are found from.")
  var steps = 10

  @Option(help: "Batches that the bases are found from.")
  var basisSteps = 30

  @Option(
    help: ArgumentHelp(
      "Blocks to look at: all, every:3, or numbers and ranges such as 0,4,8-11. (default: the first, the middle and the last one)",
      valueName: "blocks"))
  var blocks: String?

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
    try checkingUsage { _ = try blocks.map { try BlockSelection($0) } }
  }

  func run() throws {
    let folder = URL(fileURLWithPath: output)
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw InputError(output, "is there already, expected a new folder")
    }
    let loaded = try data.load(seed: seed)
    let isLanguage = loaded.task.kind.problem == .nextToken
    var method = SparseGradSettings.paper
    method.basisSteps = basisSteps
    var settings = TrainingSettings()
    settings.method = .sparseGrad(method)
    settings.batch = .sequences(batchSize ?? (isLanguage ? 4 : 16))
    settings.seed = seed
    settings.data.learntTurns = data.conversations.learntTurns
    settings.precision = compute.precision.precision
    settings.maximumLength = compute.maxLength ?? (isLanguage ? 1024 : nil)
    var inspection = GradientInspection(
      model: URL(fileURLWithPath: model), data: loaded.training, settings: settings)
    inspection.task = loaded.task.kind
    inspection.blocks = try blocks.map { try BlockSelection($0) }
    (inspection.steps, inspection.threads) = (steps, compute.threads)
    let progress = ProgressReporter(messages.style)
    let layers = try inspection.run { try progress.report(.basis(step: $0, of: $1)) }
    progress.closeLine()
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
    /// The share of the squared gradient in the largest 1 % of elements.
    let energy_in_1_percent: [String: Double]
    /// The share of these that are among those of the next batch, as a mean.
    let overlap: [String: Double]
    let non_zero: Double, non_zero_padded: Double

    init(_ layer: InspectedLayer) {
      (block, self.layer) = (layer.block, layer.kind)
      let spaces = GradientSpace.allCases
      energy_in_1_percent = Dictionary(
        uniqueKeysWithValues: spaces.map { ($0.rawValue, layer.energy(at: 0.01, in: $0)) })
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
          "  \(layer.energy(at: 0.01, in: space).fixed(3))  \(space.rawValue)"
        }
    }
    return (lines + ["pictures and numbers: \(output)"]).joined(separator: "\n")
  }
}

extension InspectedLayer {
  /// The share of the squared gradient that the largest elements hold.
  fileprivate func energy(at density: Double, in space: GradientSpace) -> Double {
    guard let place = InspectedLayer.densities.firstIndex(of: density),
      let shares = energy[space]
    else { return 0 }
    return shares[place]
  }
}

extension [Double] {
  fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
