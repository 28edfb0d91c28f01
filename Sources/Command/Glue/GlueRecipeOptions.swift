import ArgumentParser
import SparseGrad

/// How its cells are trained: the paper's recipe where nothing else is said.
struct GlueRecipeOptions: ParsableArguments {
  @Option(help: "What is trained in addition to the MLP weights.")
  var trainable = TrainableScope.all

  @Option(help: "Number of passes over the training data.")
  var epochs = 20

  @Option(help: "Number of training steps; overrides --epochs.")
  var maxSteps: Int?

  @Option(help: "Batch size in sequences. (default: the paper's, by model and task)")
  var batchSize: Int?

  @Option(
    name: [.customLong("learning-rate"), .customLong("learning-rates")],
    help: ArgumentHelp(
      "Learning rates, separated by commas, also by method: 5e-5,sparsegrad=2e-4. Of several the best is chosen with the tuning seed. (default: the paper's, by model and task)",
      valueName: "rates"))
  var learningRates = ""

  @Option(help: "Seed used to compare learning rates.")
  var tuningSeed: UInt64 = 0

  @Option(help: "Learning rate schedule after the warm-up.")
  var scheduler = LearningRateSchedule.Kind.constant

  @Option(help: "Share of all steps used for warm-up.")
  var warmupRatio = 0.0

  @Option(help: "Decoupled weight decay.")
  var weightDecay = 0.0

  @Option(help: "Clip the global gradient norm to this value; 0 turns clipping off.")
  var maxGradNorm = 0.0

  @Option(help: "Dropout probability for the whole model. (default: from config.json)")
  var dropout: Float?

  @Option(help: "How often to evaluate: a number of steps, `epoch`, or `2epochs`.")
  var evaluateEvery = Interval.epochs(1)

  @Option(help: "Stop after this many evaluations without improvement; 0 never stops early.")
  var patience = 5

  @Option(help: "Train only on this many examples, the first ones.")
  var maxTrainSamples: Int?

  @Option(help: "Longest sequence in tokens; longer ones are truncated.")
  var maxLength = 128

  @Option(help: "Precision of matrix products; master weights and sums are float32 in both.")
  var precision = Precision.float32

  @Option(help: "Also save a checkpoint every this many steps, not only after evaluations.")
  var saveEvery: Int?

  @Option(help: "Number of threads; results do not depend on it. (default: all processors)")
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
