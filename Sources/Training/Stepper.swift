import Compute
import Inference
import Layers
import Methods
import Models
import Support

/// One optimiser step after another: forward, backward, clipping, update. It knows nothing of epochs and files.
package final class Stepper {
  /// What a step did.
  package struct Report {
    /// The mean loss of the step's examples, before the update.
    package let loss: Double
    /// The norm of the whole gradient, before clipping.
    package let gradientNorm: Double
    package let tokens: Int
  }

  private let model: any TransformerModel
  private let loss: any LossFunction
  private let trained: TrainedParameters
  private let settings: TrainingSettings
  private let engine: Engine
  private let firstPass: Int
  /// How the rate of what the method is for compares with that of the rest.
  private let sparseRateRatio: Double

  /// - Parameters:
  ///   - loss: what is made small.
  ///   - firstPass: the number of the first forward pass; dropout depends on the pass.
  package init(
    _ model: any TransformerModel, _ trained: TrainedParameters, loss: any LossFunction,
    _ settings: TrainingSettings,
    firstPass: Int = 0, _ engine: Engine
  ) {
    self.firstPass = firstPass
    let rate = settings.highestLearningRate
    sparseRateRatio = (settings.optimizer.sparseLearningRate ?? rate) / rate
    self.model = model
    self.loss = loss
    self.trained = trained
    self.settings = settings
    self.engine = engine
  }

  /// Forward and backward passes of the batches that make a step: the gradient of their examples' mean loss.
  /// - Parameter number: counts steps from 0.
  /// - Returns: the mean loss.
  func accumulate(_ batches: [[Int]], of data: EncodedDataset, number: Int) -> Double {
    let firstPass = firstPass + number * settings.accumulation
    let weight = loss.weight(of: batches.joined().lazy.flatMap { data.sequences[$0].rowTargets })
    var total = 0.0
    for (i, indices) in batches.enumerated() {
      let (batch, targets) = data.batch(indices, sequences: model.sequenceToken)
      let dropout = Dropout(seed: settings.seed, pass: UInt32(truncatingIfNeeded: firstPass + i))
      var pass = Pass(
        engine, .training(dropout: dropout),
        checkpointing: settings.activationCheckpointing)
      if settings.activationCheckpointing != .blocks, settings.accumulation == 1 {
        pass.gradients = .amongActivations
      }
      total += model.learn(batch, pass) { rows, logits, gradient in
        loss.evaluate(
          logits, Array(targets[rows]), scale: 1 / Float(weight), gradient: gradient, engine)
      }
    }
    return total / weight
  }

  /// Step number `number`, counted from 0.
  /// - Throws: `TrainingDiverged` when the loss or the gradient is not finite; nothing has been updated then.
  package func step(
    _ batches: [[Int]], of data: EncodedDataset, number: Int, learningRate: Double
  ) throws -> Report {
    let loss = accumulate(batches, of: data, number: number)
    let norm = engine.profiled(.optimizer, .update) {
      trained.all.reduce(0) { $0 + $1.squaredGradientNorm(engine) }.squareRoot()
    }
    guard loss.isFinite, norm.isFinite else {
      for parameter in model.parameters { parameter.zeroGradient() }
      throw TrainingDiverged(
        step: number + 1, problem: "the loss is \(loss) and the gradient's norm \(norm)")
    }
    var update = AdamStep(
      learningRate: Float(learningRate), beta1: Float(settings.beta1), beta2: Float(settings.beta2),
      epsilon: Float(settings.epsilon), weightDecay: Float(settings.weightDecay),
      number: number + 1)
    if let limit = settings.maximumGradientNorm, norm > limit {
      update.gradientScale = Float(limit / (norm + 1e-6))
    }
    engine.profiled(.optimizer, .update) {
      var ofMethod = update
      ofMethod.learningRate *= Float(sparseRateRatio)
      for trainable in trained.all {
        trainable.step(trained.isOfMethod(trainable) ? ofMethod : update, engine)
      }
    }
    let tokens = batches.joined().reduce(0) { $0 + data.sequences[$1].encoding.ids.count }
    return Report(loss: loss, gradientNorm: norm, tokens: tokens)
  }
}
