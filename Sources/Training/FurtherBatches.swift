import Inference
import Methods

/// Batches that come after those of a preliminary phase, in the same order: gradients of them are new to what the phase found.
package struct FurtherBatches {
  private let source: GradientSource
  private let settings: TrainingSettings
  private let batches: PreliminaryBatches
  private let skipped: Int

  /// - Parameter skipped: batches that the phase took; 0 begins with those of the phase itself.
  package init(_ source: GradientSource, _ settings: TrainingSettings, after skipped: Int) {
    (self.source, self.settings, self.skipped) = (source, settings, skipped)
    var batches = PreliminaryBatches(source.data, settings)
    for _ in 0..<skipped { _ = batches.next() }
    self.batches = batches
  }

  /// Hands over some batches.
  /// - Parameters:
  ///   - trained: what a batch's step changes, at the rates that a run of so many steps would have; nil leaves the weights as
  ///     they are.
  ///   - body: gets the batch's number, its examples, and what goes forward and backward through the model, and takes the step if
  ///     there is one. That returns the mean loss, and throws `TrainingDiverged`.
  package func run(
    _ count: Int, training trained: TrainedParameters? = nil,
    _ body: (_ number: Int, _ indices: [Int], _ take: () throws -> Double) throws -> Void
  ) throws {
    var batches = batches
    let stepper = Stepper(
      source.model, trained ?? TrainedParameters(), loss: source.loss, settings,
      firstPass: 1 << 31 + skipped * settings.accumulation, source.engine)
    let schedule = LearningRateSchedule(settings, steps: count)
    for number in 0..<count {
      let indices = batches.next()
      try body(number, indices) {
        guard trained != nil else {
          return stepper.accumulate([indices], of: source.data, number: number)
        }
        return try stepper.step(
          [indices], of: source.data, number: number, learningRate: schedule.rate(at: number)
        ).loss
      }
    }
  }
}
