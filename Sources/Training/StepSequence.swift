/// The steps of a run: which batches make each one, in which epoch it is, and how many there are.
struct StepSequence {
  private let order: BatchOrder
  private let accumulation: Int
  /// The first step of every epoch, and after the last one their number.
  private let starts: [Int]
  /// The number of steps of the run.
  let total: Int
  private var current: (epoch: Int, batches: [[Int]])?

  init(_ data: EncodedDataset, _ settings: TrainingSettings) {
    order = BatchOrder(data.lengths, settings)
    accumulation = settings.accumulation
    var starts = [0]
    // Batches by tokens make epochs of different lengths, so each is counted.
    while settings.maximumSteps.map({ starts[starts.count - 1] < $0 })
      ?? (starts.count <= settings.epochs)
    {
      let batches = order.batches(epoch: starts.count - 1).count
      starts.append(starts[starts.count - 1] + (batches + accumulation - 1) / accumulation)
    }
    self.starts = starts
    total = settings.maximumSteps ?? starts[starts.count - 1]
  }

  /// The steps of the first epoch.
  var stepsPerEpoch: Int { starts[1] }

  /// Passes over the data after `steps` steps.
  func epoch(after steps: Int) -> Double {
    let index = epochIndex(of: max(0, steps - 1))
    return Double(index) + Double(steps - starts[index]) / Double(starts[index + 1] - starts[index])
  }

  /// How many epochs are over after `steps` steps; nil inside an epoch.
  func epochs(endingAfter steps: Int) -> Int? {
    starts.firstIndex(of: steps).flatMap { $0 > 0 ? $0 : nil }
  }

  /// The batches of step number `step`, counted from 0.
  mutating func batches(of step: Int) -> [[Int]] {
    let epoch = epochIndex(of: step)
    if current?.epoch != epoch { current = (epoch, order.batches(epoch: epoch)) }
    guard let batches = current?.batches else { return [] }
    let first = (step - starts[epoch]) * accumulation
    return Array(batches[first..<min(first + accumulation, batches.count)])
  }

  private func epochIndex(of step: Int) -> Int {
    (starts.firstIndex { $0 > step } ?? starts.count - 1) - 1
  }
}
