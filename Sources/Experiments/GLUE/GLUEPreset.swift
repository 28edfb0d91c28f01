import Datasets

/// The training parameters that the paper found best (arXiv 2410.07383, appendix D, tables 13 to 15): one batch
/// size and learning rate for each task of each model, whatever the method.
public struct GLUEPreset: Hashable, Sendable {
  /// The models that the paper has a table for.
  public enum Family: String, CaseIterable, Sendable {
    /// Table 13.
    case bert = "BERT"
    /// Table 14.
    case robertaBase = "RoBERTa-base"
    /// Table 15.
    case robertaLarge = "RoBERTa-large"
  }

  /// Sequences of a batch.
  public let batchSize: Int
  /// The constant learning rate.
  public let learningRate: Double

  /// What this project uses where the paper has no row: WNLI.
  public static let unlisted = GLUEPreset(batchSize: 16, learningRate: 2e-5)

  /// The paper's row, or `unlisted` where it has none.
  public init(_ family: Family, _ task: GLUETask) {
    self = Self.tables[family]?[task] ?? .unlisted
  }

  private init(batchSize: Int, learningRate: Double) {
    self.batchSize = batchSize
    self.learningRate = learningRate
  }

  private static let tables: [Family: [GLUETask: GLUEPreset]] = [
    .bert: [
      .stsb: GLUEPreset(batchSize: 32, learningRate: 1.24e-4),
      .cola: GLUEPreset(batchSize: 32, learningRate: 3.15e-5),
      .mnli: GLUEPreset(batchSize: 32, learningRate: 6.07e-6),
      .mrpc: GLUEPreset(batchSize: 32, learningRate: 1.22e-5),
      .qnli: GLUEPreset(batchSize: 16, learningRate: 1.94e-5),
      .qqp: GLUEPreset(batchSize: 32, learningRate: 1.41e-5),
      .rte: GLUEPreset(batchSize: 16, learningRate: 6.81e-5),
      .sst2: GLUEPreset(batchSize: 32, learningRate: 1.47e-5),
    ],
    .robertaBase: [
      .stsb: GLUEPreset(batchSize: 16, learningRate: 2.70e-5),
      .cola: GLUEPreset(batchSize: 16, learningRate: 1.01e-5),
      .mnli: GLUEPreset(batchSize: 32, learningRate: 1.51e-5),
      .mrpc: GLUEPreset(batchSize: 32, learningRate: 1.9e-5),
      .qnli: GLUEPreset(batchSize: 16, learningRate: 1.91e-5),
      .qqp: GLUEPreset(batchSize: 16, learningRate: 5.11e-6),
      .rte: GLUEPreset(batchSize: 32, learningRate: 3.05e-5),
      .sst2: GLUEPreset(batchSize: 16, learningRate: 1.33e-5),
    ],
    .robertaLarge: [
      .stsb: GLUEPreset(batchSize: 32, learningRate: 7.71e-5),
      .cola: GLUEPreset(batchSize: 16, learningRate: 1.8e-5),
      .mnli: GLUEPreset(batchSize: 16, learningRate: 1.15e-6),
      .mrpc: GLUEPreset(batchSize: 32, learningRate: 2.47e-5),
      .qnli: GLUEPreset(batchSize: 16, learningRate: 8.83e-6),
      .qqp: GLUEPreset(batchSize: 32, learningRate: 7.2e-6),
      .rte: GLUEPreset(batchSize: 32, learningRate: 1.02e-5),
      .sst2: GLUEPreset(batchSize: 32, learningRate: 1.02e-5),
    ],
  ]
}

extension GLUEPreset.Family {
  /// The family of a model by its `config.json`; RoBERTa-large has 1024 columns.
  init(modelType: String, hiddenSize: Int) {
    guard modelType.contains("roberta") else {
      self = .bert
      return
    }
    self = hiddenSize < 1024 ? .robertaBase : .robertaLarge
  }
}
