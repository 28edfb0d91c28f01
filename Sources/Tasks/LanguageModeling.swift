import Foundation
import Layers
import Metrics
import Models
import Support

/// The next token of a text: what language models learn.
struct LanguageModeling: Objective {
  let head = HeadConfiguration.languageModel
  let loss: any LossFunction = NextTokenLoss()
  let answerName = "tokens"
  let measurement = Measurement.loss

  func accepts(_ target: Target) -> Bool {
    if case .tags = target { true } else { false }
  }

  /// Nothing: logits over a vocabulary are not kept.
  func metrics(_ outputs: [ModelOutput], _ targets: [Target]) -> MetricValues { MetricValues([:]) }

  func metrics(loss: Double) -> MetricValues {
    MetricValues([.perplexity: exp(loss)])
  }
}
