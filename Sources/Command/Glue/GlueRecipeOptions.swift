import ArgumentParser
import SparseGrad

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
  var evaluateEvery = Interval.epochs(1)

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
