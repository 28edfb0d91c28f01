import Inference
import Methods

/// Batches that come after those of a preliminary phase, in the same order: gradients of them are new to what the phase found.
package struct FurtherBatches {
  private let source: GradientSource
  private let settings: TrainingSettings
  private var batches: PreliminaryBatches
  private let skipped: Int

  /// - Parameter skipped: batches that the phase took.
  package init(_ source: GradientSource, _ settings: TrainingSettings, after skipped: Int) {
    (self.source, self.settings, self.skipped) = (source, settings, skipped)
    batches = PreliminaryBatches(source.data, settings)
    for _ in 0..<skipped { _ = batches.next() }
  }

  /// Hands over some batches.
  /// - Parameter body: gets the batch's number, its examples, and what goes forward and backward through the model.
  package func run(
    _ count: Int, _ body: (_ number: Int, _ indices: [Int], _ accumulate: () -> Void) throws -> Void
  ) throws {
    var batches = batches
    let stepper = Stepper(
      source.model, TrainedParameters(), loss: source.loss, settings,
      firstPass: 1 << 31 + skipped * settings.accumulation, source.engine)
    for number in 0..<count {
      let indices = batches.next()
      try body(number, indices) {
        _ = stepper.accumulate([indices], of: source.data, number: number)
      }
    }
  }
}
