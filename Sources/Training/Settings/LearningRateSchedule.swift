import Foundation

/// The learning rate over the steps of a run, as `transformers`' schedulers have it.
public struct LearningRateSchedule: Sendable {
  /// How the rate falls after the warm-up.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Not at all.
    case constant
    /// In a straight line to 0.
    case linear
    /// Along half a cosine to 0.
    case cosine
  }

  private let kind: Kind
  private let peak: Double
  private let warmUp: Int
  private let total: Int

  /// A schedule over `total` steps, of which the first `warmUp` rise from 0.
  public init(_ kind: Kind, peak: Double, warmUp: Int, total: Int) {
    self.kind = kind
    self.peak = peak
    self.warmUp = warmUp
    self.total = total
  }

  /// The rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmUp { return peak * Double(step) / Double(warmUp) }
    let progress = min(1, Double(step - warmUp) / Double(max(1, total - warmUp)))
    switch kind {
    case .constant: return peak
    case .linear: return peak * (1 - progress)
    case .cosine: return peak * 0.5 * (1 + cos(.pi * progress))
    }
  }
}

extension LearningRateSchedule {
  /// That of a run of so many steps.
  package init(_ settings: TrainingSettings, steps: Int) {
    let warmUp =
      switch settings.warmUp {
      case .ratio(let ratio): Int((ratio * Double(steps)).rounded(.up))
      case .steps(let count): count
      }
    self.init(
      settings.scheduler, peak: settings.highestLearningRate, warmUp: warmUp, total: steps)
  }
}
