import ArgumentParser
import Foundation
import SparseGrad

extension GLUEGrid.Retention: ExpressibleByArgument {}

/// What is compared.
struct GlueComparisonOptions: ParsableArguments {
  @Option(
    help: "Hugging Face folders of the models, separated by commas.", completion: .directory)
  var models: CommaSeparated<String>

  @Option(help: "Folder of the GLUE tasks, with the official subfolders.", completion: .directory)
  var data: String

  @Option(
    help:
      "Tasks, separated by commas: CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE, WNLI, or all.")
  var tasks = CommaSeparated(["all"])

  @Option(
    help: ArgumentHelp(
      "Methods, separated by commas; settings of finetune may follow: sparsegrad:axes=model,sharing=per-block.",
      valueName: "methods"))
  var methods = "full,lora,meprop,sparsegrad"

  @Option(help: "Seeds, separated by commas.")
  var seeds = CommaSeparated<UInt64>([1, 2, 3])

  @Option(
    help:
      "Shares of each MLP weight's elements that train, separated by commas; LoRA's rank follows.")
  var density = CommaSeparated([0.01])

  func taskList() throws -> [GLUETask] {
    try tasks.values.flatMap { name in
      if name.lowercased() == "all" { return GLUETask.allCases }
      guard let task = GLUETask(spelled: name) else {
        let known = GLUETask.allCases.map(\.folder).joined(separator: ", ")
        throw InputError("--tasks", "\"\(name)\" is not known, expected all or some of \(known)")
      }
      return [task]
    }
  }

  /// Every method with every density, those without one once.
  func methodList() throws -> [GLUEMethod] {
    for share in density.values {
      var settings = SparseGradSettings()
      settings.density = .share(share)
      try settings.validate()
    }
    let specifications = try MethodSpecification.list(methods)
    let all = try density.values.flatMap { density in
      try specifications.map { try $0.method(density) }
    }
    return all.reduce(into: []) { methods, method in
      if !methods.contains(method) { methods.append(method) }
    }
  }
}

/// How its cells are trained: the paper's recipe where nothing else is said.
struct GlueRecipeOptions: ParsableArguments {
  @Option(help: "What trains beside the MLP weights.")
  var trainable = TrainableScope.all

  @Option(help: "Passes over the training data.")
  var epochs = 20

  @Option(help: "Steps to train, whatever --epochs says.")
  var maxSteps: Int?

  @Option(help: "Sequences of a batch. (default: the paper's, by model and task)")
  var batchSize: Int?

  @Option(
    name: [.customLong("learning-rate"), .customLong("learning-rates")],
    help: ArgumentHelp(
      "Learning rates, separated by commas, also by method: 5e-5,sparsegrad=2e-4. Of several the best is chosen with the tuning seed. (default: the paper's, by model and task)",
      valueName: "rates"))
  var learningRates = ""

  @Option(help: "Seed with which learning rates are compared.")
  var tuningSeed: UInt64 = 0

  @Option(help: "How the learning rate falls.")
  var scheduler = LearningRateSchedule.Kind.constant

  @Option(help: "Share of the steps during which the learning rate rises.")
  var warmupRatio = 0.0

  @Option(help: "Decoupled weight decay.")
  var weightDecay = 0.0

  @Option(help: "Gradients are scaled down to this norm; 0 leaves them.")
  var maxGradNorm = 0.0

  @Option(help: "Probability of dropout everywhere. (default: the model's)")
  var dropout: Float?

  @Option(help: "How often to evaluate: a number of steps, `epoch`, or `2epochs`.")
  var evaluateEvery = TrainingSettings.Interval.epochs(1)

  @Option(help: "Stop after so many evaluations without improvement; 0 never does.")
  var patience = 5

  @Option(help: "Train only on so many of the first examples.")
  var maxTrainSamples: Int?

  @Option(help: "Longest sequence in tokens; longer ones are truncated.")
  var maxLength = 128

  @Option(help: "Precision of matrix products; weights and sums are float32 in both.")
  var precision = Precision.float32

  @Option(help: "Steps between checkpoints, besides those after evaluations.")
  var saveEvery: Int?

  @Option(help: "Threads; results do not depend on them. (default: all processors)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
    if let maxTrainSamples, maxTrainSamples < 1 {
      throw ValidationError("--max-train-samples: expected at least 1")
    }
    if let batchSize, batchSize < 1 { throw ValidationError("--batch-size: expected at least 1") }
  }

  func recipe() throws -> GLUERecipe {
    var recipe = GLUERecipe()
    recipe.settings.scope = trainable
    recipe.settings.epochs = epochs
    recipe.settings.maximumSteps = maxSteps
    recipe.settings.scheduler = scheduler
    recipe.settings.warmUp = .ratio(warmupRatio)
    recipe.settings.weightDecay = weightDecay
    recipe.settings.maximumGradientNorm = maxGradNorm == 0 ? nil : maxGradNorm
    recipe.settings.dropout = dropout
    recipe.settings.evaluation = evaluateEvery
    recipe.settings.patience = patience == 0 ? nil : patience
    recipe.settings.maximumLength = maxLength
    recipe.settings.precision = precision
    recipe.settings.saveInterval = saveEvery
    recipe.batchSize = batchSize
    recipe.tuningSeed = tuningSeed
    let rates = try LearningRateLists(learningRates)
    recipe.learningRates = rates.common
    recipe.learningRatesByMethod = rates.byMethod
    return recipe
  }
}
