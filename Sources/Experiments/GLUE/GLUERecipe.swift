import Datasets
import Methods
import Training

/// How the cells of a comparison are trained: the paper's recipe, every part of which can be changed.
public struct GLUERecipe: Sendable {
  /// Everything but method, batch size, learning rate and seed.
  public var settings: TrainingSettings
  /// Sequences of a batch; nil takes the preset of model and task.
  public var batchSize: Int?
  /// The learning rates to try for all methods; none takes the preset of model and task.
  public var learningRates: [Double] = []
  /// Those of methods by name (`GLUEMethod.base`), before `learningRates`.
  public var learningRatesByMethod: [String: [Double]] = [:]
  /// The seed with which learning rates are compared, where there is more than one.
  public var tuningSeed: UInt64 = 0

  /// The paper's: 20 epochs with early stopping (section 5.1), constant rate, presets, everything beside the MLP
  /// weights trained densely. What the paper does not say is as in its published code: patience 5, no clipping, no
  /// weight decay, 128 tokens; but the evaluations that patience counts are those after each epoch.
  public init() {
    settings = TrainingSettings()
    settings.scope = .all
    settings.epochs = 20
    settings.patience = 5
    settings.scheduler = .constant
    settings.maximumGradientNorm = nil
    settings.maximumLength = 128
    // Processes on several machines may share a comparison.
    settings.precision = .float32
  }

  /// The learning rates to try, the preset's unless others are given.
  public func learningRates(for method: GLUEMethod, _ preset: GLUEPreset) -> [Double] {
    if let rate = method.learningRate { return [rate] }
    let given = learningRatesByMethod[method.base] ?? learningRates
    return given.isEmpty ? [preset.learningRate] : given
  }

  /// The settings of one cell.
  func settings(
    _ method: TrainingMethod, _ preset: GLUEPreset, learningRate: Double, seed: UInt64
  ) -> TrainingSettings {
    var settings = settings
    settings.method = method
    settings.batch = .sequences(batchSize ?? preset.batchSize)
    settings.learningRate = learningRate
    settings.seed = seed
    return settings
  }
}
