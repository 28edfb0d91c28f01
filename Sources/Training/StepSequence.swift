import Inference

/// The steps of a run: which batches make each one, in which epoch it is, and how many there are.
struct StepSequence {
  private let order: BatchOrder
  private let accumulation: Int
  /// The first step of every epoch that has been counted, and of the one after them.
  private var starts = [0]
  private var current: (epoch: Int, batches: [[Int]])?
  /// The number of steps of the run.
  let total: Int
  /// The steps of the first epoch.
  let stepsPerEpoch: Int

  init(_ data: EncodedDataset, _ settings: TrainingSettings) {
    let (order, accumulation) = (
      BatchOrder(data, settings),
      settings.accumulation
    )
    self.order = order
    self.accumulation = accumulation
    stepsPerEpoch = order.stepCount(epoch: 0, accumulation)
    total =
      settings.maximumSteps
      ?? (0..<settings.epochs).reduce(0) { $0 + order.stepCount(epoch: $1, accumulation) }
  }

  /// Passes over the data after `steps` steps.
  mutating func epoch(after steps: Int) -> Double {
    let index = epochIndex(of: max(0, steps - 1))
    return Double(index) + Double(steps - starts[index])
      / Double(starts[index + 1] - starts[index])
  }

  /// How many epochs are over after `steps` steps; nil inside an epoch.
  mutating func epochs(endingAfter steps: Int) -> Int? {
    let index = epochIndex(of: max(0, steps - 1))
    return starts[index + 1] == steps ? index + 1 : nil
  }

  /// The batches of step number `step`, counted from 0.
  mutating func batches(of step: Int) -> [[Int]] {
    let epoch = epochIndex(of: step)
    if current?.epoch != epoch { current = (epoch, order.batches(epoch: epoch)) }
    guard let batches = current?.batches else { return [] }
    let first = (step - starts[epoch]) * accumulation
    return Array(batches[first...].prefix(accumulation))
  }

  /// The epoch of a step, counted from 0.
  private mutating func epochIndex(of step: Int) -> Int {
    while starts[starts.count - 1] <= step {
      // Batches by tokens make epochs of different lengths, so each is counted when it is reached.
      let epoch = starts.count - 1
      starts.append(starts[epoch] + order.stepCount(epoch: epoch, accumulation))
    }
    var (low, high) = (0, starts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= step { low = middle } else { high = middle }
    }
    return low
  }
}

extension BatchOrder {
  /// The order of the batches of a run.
  package init(_ data: EncodedDataset, _ settings: TrainingSettings) {
    self.init(
      data.lengths, rows: data.rows, limit: settings.batch, order: settings.order,
      seed: settings.seed)
  }

  /// The steps of an epoch, when `accumulation` batches make one.
  fileprivate func stepCount(epoch: Int, _ accumulation: Int) -> Int {
    let batches = batchCount(epoch: epoch)
    return batches / accumulation + (batches.isMultiple(of: accumulation) ? 0 : 1)
  }
}
