import SparseGrad
import TestSupport
import Testing

@testable import Training

@Suite struct BatchOrderTests {
  private let lengths = (0..<101).map { 3 + $0 * 7 % 31 }

  private func order(_ change: (inout TrainingSettings) -> Void) -> BatchOrder {
    var settings = TrainingSettings()
    change(&settings)
    return BatchOrder(
      lengths, limit: settings.batch, order: settings.order, seed: settings.seed)
  }

  @Test(arguments: [BatchLimit.sequences(8), .tokens(64)])
  func takesEveryExampleOnceAnEpoch(limit: BatchLimit) {
    let order = order { $0.batch = limit }
    for epoch in 0..<4 {
      let batches = order.batches(epoch: epoch)
      #expect(batches.joined().sorted() == Array(lengths.indices))
      #expect(!batches.contains { $0.isEmpty })
    }
    #expect(order.batches(epoch: 0) == order.batches(epoch: 0))
    #expect(order.batches(epoch: 0) != order.batches(epoch: 1))
  }

  @Test func followsTheSeed() {
    let orders = [1, 1, 2].map { seed in order { $0.seed = UInt64(seed) }.batches(epoch: 0) }
    #expect(orders[0] == orders[1])
    #expect(orders[0] != orders[2])
  }

  @Test func keepsTheFilesOrder() {
    let order = order { $0.order = .asGiven }
    #expect(order.batches(epoch: 0).flatMap { $0 } == Array(lengths.indices))
    #expect(order.batches(epoch: 3) == order.batches(epoch: 0))
  }

  @Test func keepsToTheTokenBudget() {
    let batches = order { $0.batch = .tokens(64) }.batches(epoch: 0)
    let sizes = batches.map { $0.reduce(0) { $0 + lengths[$1] } }
    #expect(sizes.allSatisfy { $0 <= 64 })
    // No batch could have taken the first example of the next.
    for (size, next) in zip(sizes, batches.dropFirst()) { #expect(size + lengths[next[0]] > 64) }
    // A sequence beyond the budget makes a batch of its own.
    let single = order { $0.batch = .tokens(2) }.batches(epoch: 0)
    #expect(single.allSatisfy { $0.count == 1 } && single.count == lengths.count)
  }
}

@Suite struct StepSequenceTests {
  private func steps(_ change: (inout TrainingSettings) -> Void) throws -> StepSequence {
    let folder = try TemporaryFolder()
    let tokenizer = try Tokenizer(folder: TinyModel(in: folder).url)
    var settings = TrainingSettings()
    settings.batch = .sequences(3)
    change(&settings)
    return StepSequence(
      try EncodedDataset(TinyData.dataset(10), tokenizer, maximumLength: 40), settings)
  }

  @Test func countsWholeEpochs() throws {
    var steps = try steps {
      $0.accumulation = 2
      $0.epochs = 3
    }
    #expect(steps.stepsPerEpoch == 2 && steps.total == 6)
    #expect((0...6).map { steps.epochs(endingAfter: $0) } == [nil, nil, 1, nil, 2, nil, 3])
    #expect((0...6).map { steps.epoch(after: $0) } == [0, 0.5, 1, 1.5, 2, 2.5, 3])
    for epoch in 0..<3 {
      let batches = (0..<2).flatMap { steps.batches(of: epoch * 2 + $0) }
      #expect(batches.map(\.count) == [3, 3, 3, 1])
      #expect(batches.joined().sorted() == Array(0..<10))
    }
  }

  @Test func endsEarlierOrLater() throws {
    #expect(try steps { $0.maximumSteps = 2 }.total == 2)
    var longer = try steps { $0.maximumSteps = 9 }
    #expect(longer.total == 9)
    #expect(longer.epoch(after: 9) == 2.25)
  }
}
