import ArgumentParser
import Foundation
import SparseGrad

struct Finetune: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fine-tune a model on labelled text and write a folder that transformers loads.",
    discussion: "--config FILE reads flags from a YAML file; flags that are typed override it.")

  @Option(help: "Hugging Face folder of the model to start from.", completion: .directory)
  var model: String

  @Option(help: "Folder to write.", completion: .directory)
  var output: String

  @OptionGroup(title: "Data") var data: TrainingDataOptions
  @OptionGroup(title: "Method") var method: MethodOptions
  @OptionGroup(title: "Training") var training: TrainingOptions
  @OptionGroup(title: "Training") var loss: LossOptions

  @Option(
    help:
      "Continue from this adapter of the model. With --method lora a LoRA adapter is trained further; other adapters are merged first.",
    completion: .directory)
  var adapter: String?

  @Option(
    help: "Use this basis (see `sparsegrad basis`) instead of a preliminary phase.",
    completion: .file())
  var basis: String?

  @Option(
    help:
      "What to write: a model, an adapter in --output/adapter (see `sparsegrad adapter`), or both.")
  var save = ResultKind.model

  @Flag(
    help:
      "With --task conversation or text: show the first example and which of its tokens count for the loss."
  )
  var showTokens = false

  @Flag(help: "Also evaluate on the validation data before the first step.")
  var evaluateFirst = false

  @Flag(
    help:
      "Continue the run in --output from its last checkpoint. With larger --epochs or --max-steps a finished run is extended."
  )
  var resume = false

  @Flag(
    help:
      "Remove the checkpoints when the run ends. The run can then not be extended with --resume."
  )
  var discardCheckpoints = false

  @Flag(help: "Start over even if --output holds a run, finished or not.")
  var overwrite = false

  @OptionGroup(title: "Messages") var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(output, "--output")
    if let adapter { try checkPath(adapter, "--adapter") }
    if resume, overwrite { throw ValidationError("--resume and --overwrite exclude each other") }
    try checkingUsage {
      let settings = training.settings(method.trainingMethod)
      try settings.validate()
      if basis != nil { try settings.validateGivenBasis() }
      let kind = try TextTask(named: data.task).kind
      _ = try settings.bestMetric(for: kind)
      if training.labelAllTokens, kind != .tokenClassification {
        throw InputError("--label-all-tokens", "has no meaning for --task \(kind.rawValue)")
      }
      if showTokens, kind.problem != .nextToken {
        throw InputError("--show-tokens", "has no meaning for --task \(kind.rawValue)")
      }
      if training.packing != .none, kind.problem != .nextToken {
        throw InputError("--packing", "has no meaning for --task \(kind.rawValue)")
      }
      try loss.loss?.validate(for: kind)
    }
  }

  func run() throws {
    let data = try data.load(seed: training.seed)
    var job = FineTuning(
      model: URL(fileURLWithPath: model), task: data.task, training: data.training,
      validation: data.validation, output: URL(fileURLWithPath: output))
    job.settings = training.settings(method.trainingMethod)
    job.settings.loss = loss.loss
    job.settings.data.learntTurns = self.data.conversations.learntTurns
    if data.task.kind.problem == .nextToken { training.fillIn(forLanguageModel: &job.settings) }
    job.settings.layers = try training.layers.layers(for: data.task.kind)
    job.settings.save = save
    job.adapter = adapter.map { URL(fileURLWithPath: $0) }
    job.basis = basis.map { URL(fileURLWithPath: $0) }
    job.start = resume ? .resuming : overwrite ? .overwriting : .fresh
    job.evaluatesFirst = evaluateFirst
    job.checkpoints = discardCheckpoints ? .removed : .kept
    job.command = Console.command
    job.threads = training.compute.threads

    let interrupt = Interrupt()
    let progress = ProgressReporter(messages.style)
    for notice in data.notices { try progress.report(.notice(notice)) }
    if showTokens {
      let preview = try TokenPreview(
        of: data.training, model: job.model, maximumLength: job.settings.maximumLength,
        learning: job.settings.data.learntTurns)
      Console.note(preview.shown)
    }
    let figures = try job.run { event in
      try progress.report(event)
      return interrupt.wasRequested ? .stop : .continue
    }
    try progress.finish(figures, save, output: output)
  }
}
