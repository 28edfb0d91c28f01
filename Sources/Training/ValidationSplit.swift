import Compute
import Datasets
import Support

extension Dataset {
  /// Splits a part off to validate on. Which examples it has depends on nothing but the data and the seed; every label
  /// has the same share in both parts, up to roundings, and at least one example to learn from. Both parts keep the
  /// order of the data.
  /// - Parameters:
  ///   - share: of all examples, between 0 and 1.
  ///   - seed: draws the examples.
  /// - Throws: `InputError` if that leaves one of the parts empty.
  public func split(
    validationShare share: Double, seed: UInt64
  ) throws -> (training: Dataset, validation: Dataset) {
    guard 0 < share, share < 1 else {
      throw InputError(.validationShare, "expected a share between 0 and 1")
    }
    var random = RandomStream(seed: seed, purpose: .validationSplit, index: 0)
    var held: Set<Int> = []
    let groups = byLabel
    for (group, count) in zip(groups, heldCounts(groups.map(\.count), share)) {
      held.formUnion(group.shuffled(using: &random).prefix(count))
    }
    guard !held.isEmpty else {
      throw InputError(
        source, "has too few examples of each label (\(examples.count) in all) to split some off")
    }
    var (training, validation) = (self, self)
    training.examples = examples.indices.filter { !held.contains($0) }.map { examples[$0] }
    validation.examples = held.sorted().map { examples[$0] }
    return (training, validation)
  }

  /// The places of the examples of each label, label after label; of numbers all together.
  private var byLabel: [[Int]] {
    Dictionary(grouping: examples.indices) { place in
      if case .label(let label)? = examples[place].target { label } else { 0 }
    }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// How many of each group: its share rounded down, and one more of those that lose most by that, until the whole has
  /// its share.
  private func heldCounts(_ sizes: [Int], _ share: Double) -> [Int] {
    let total = max(1, Int((Double(examples.count) * share).rounded()))
    var counts = sizes.map { min($0 - 1, Int(Double($0) * share)) }
    let byLoss = sizes.indices.sorted {
      let losses = [$0, $1].map { Double(sizes[$0]) * share - Double(counts[$0]) }
      return losses[0] == losses[1] ? $0 < $1 : losses[0] > losses[1]
    }
    var missing = total - counts.reduce(0, +)
    for group in byLoss where missing > 0 && counts[group] < sizes[group] - 1 {
      counts[group] += 1
      missing -= 1
    }
    return counts
  }
}
