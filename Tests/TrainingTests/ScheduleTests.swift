import SparseGrad
import Testing

@Suite struct ScheduleTests {
  /// What `transformers.get_scheduler` gives with 3 steps of warm-up, 10 in all, peak 0.5.
  @Test(arguments: [
    (
      LearningRateSchedule.Kind.constant,
      [0.0, 0.166666667, 0.333333333, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    ),
    (
      .linear,
      [
        0.0, 0.166666667, 0.333333333, 0.5, 0.428571429, 0.357142857, 0.285714286, 0.214285714,
        0.142857143, 0.071428571,
      ]
    ),
    (
      .cosine,
      [
        0.0, 0.166666667, 0.333333333, 0.5, 0.475242217, 0.40587245, 0.305630233, 0.194369767,
        0.09412755, 0.024757783,
      ]
    ),
  ]) func isThatOfTransformers(kind: LearningRateSchedule.Kind, expected: [Double]) {
    let schedule = LearningRateSchedule(kind, peak: 0.5, warmUp: 3, total: 10)
    for (step, rate) in expected.enumerated() {
      #expect(abs(schedule.rate(at: step) - rate) < 1e-9)
    }
  }

  @Test func needsNoWarmUp() {
    let schedule = LearningRateSchedule(.linear, peak: 1, warmUp: 0, total: 4)
    #expect((0..<4).map(schedule.rate) == [1, 0.75, 0.5, 0.25])
  }
}
