import ArgumentParser
import Foundation
import SparseGrad

struct FindBasis: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "basis",
    abstract:
      "Find the basis of a model's MLP gradients and write it to a file, for finetune --basis.")

  @Option(help: "Hugging Face folder of the model.", completion: .directory)
  var model: String

  @Option(help: "File to write (.safetensors).", completion: .file())
  var output: String

  @OptionGroup(title: "Data") var data: TrainingDataOptions
  @OptionGroup(title: "Method") var method: MethodOptions

  @OptionGroup(title: "Method") var layers: LayerOptions

  @Option(help: "Batch size in sequences. (default: 16; 4 for language models)")
  var batchSize: Int?

  @Option(help: "Random seed for the head's weights, the order of examples and dropout.")
  var seed: UInt64 = 42

  @Option(help: "Dropout probability for the whole model. (default: from config.json)")
  var dropout: Float?

  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  private var settings: TrainingSettings {
    var settings = TrainingSettings()
    settings.method = method.trainingMethod
    settings.batch = .sequences(batchSize ?? 16)
    settings.seed = seed
    settings.dropout = dropout
    settings.precision = compute.precision.precision
    settings.maximumLength = compute.maxLength
    return settings
  }

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(output, "--output")
    if method.preliminary == .trained {
      throw ValidationError(
        "--preliminary: trained is for finetune, which keeps the steps, expected frozen")
    }
    try checkingUsage { try settings.validate() }
  }

  func run() throws {
    let loaded = try data.load(seed: seed)
    var settings = settings
    settings.data.learntTurns = data.conversations.learntTurns
    settings.layers = try layers.layers(for: loaded.task.kind)
    if loaded.task.kind.problem == .nextToken {
      settings.batch = .sequences(batchSize ?? 4)
      settings.maximumLength = compute.maxLength ?? 1024
    }
    var search = BasisSearch(
      model: URL(fileURLWithPath: model), data: loaded.training, settings: settings)
    search.threads = compute.threads
    search.task = loaded.task.kind
    let progress = ProgressReporter(messages.style, basisFlags: "--basis-steps")
    let basis = try search.run(writingTo: URL(fileURLWithPath: output)) {
      try progress.report(.basis(step: $0, of: method.sparseGrad?.basisSteps ?? 0))
    }
    progress.closeLine()
    if messages.json {
      try Console.printJSON(["basis": output, "fingerprint": basis.fingerprint.description])
    } else if !messages.quiet {
      try Console.print("\(output): \(basis.samples) gradients, model \(basis.fingerprint)")
    }
  }
}
