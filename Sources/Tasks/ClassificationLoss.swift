import Datasets
import Layers
import Models
import Support

/// How much each label counts in the loss.
public enum ClassWeights: Codable, Equatable, Sendable {
  /// Rare labels count more: a label's weight is the number of examples divided by the number of labels and by that of
  /// its own examples, as in scikit-learn.
  case balanced
  /// A weight for each label of the data, in their order.
  case listed([Double])
}

/// What a classification's cross-entropy is changed by; the same as in PyTorch's `CrossEntropyLoss`.
public struct ClassificationLoss: Codable, Equatable, Sendable {
  /// How much each label counts; nil means all the same.
  public var classWeights: ClassWeights?
  /// The share of every target that is spread evenly over all labels.
  public var labelSmoothing: Double

  /// A loss; plain cross-entropy if nothing is said.
  public init(classWeights: ClassWeights? = nil, labelSmoothing: Double = 0) {
    self.classWeights = classWeights
    self.labelSmoothing = labelSmoothing
  }

  /// - Throws: `InputError` naming the flag whose value is out of range.
  public func validate(for kind: TaskKind) throws {
    guard (0...1).contains(labelSmoothing) else {
      throw InputError(.labelSmoothing, "expected from 0 to 1")
    }
    if case .listed(let weights)? = classWeights {
      guard weights.allSatisfy({ $0 > 0 && Float($0).isNormal }) else {
        throw InputError(.classWeights, "expected positive numbers, finite in float32")
      }
    }
    guard kind != .classification else { return }
    let problem = "has no meaning for \(Setting.task) \(kind.rawValue)"
    if classWeights != nil { throw InputError(.classWeights, problem) }
    if labelSmoothing != 0 { throw InputError(.labelSmoothing, problem) }
  }

  /// The loss for a model.
  /// - Parameters:
  ///   - data: what the weights are taken from, or numbered by.
  ///   - head: what the model tells apart.
  /// - Throws: `InputError` when there are not as many weights as labels.
  func loss(_ data: Dataset, _ head: HeadConfiguration) throws -> CrossEntropy {
    let names = head.labels
    guard let labels = data.labels else { return CrossEntropy(smoothing: labelSmoothing) }
    let weights: [Double]
    switch classWeights {
    case nil: weights = []
    case .listed(let listed):
      guard listed.count == labels.count else {
        throw InputError(
          .classWeights, "has \(listed.count) weights, expected one for each of \(labels.list)")
      }
      weights = try numbered(listed, labels, names, source: data.source)
    case .balanced:
      var counts = labels.names.map { _ in 0.0 }
      for case .label(let label)? in data.examples.map(\.target) { counts[label] += 1 }
      let total = counts.reduce(0, +) / Double(counts.count { $0 > 0 })
      weights = try numbered(
        counts.map { $0 > 0 ? total / $0 : 1 }, labels, names, source: data.source)
    }
    return CrossEntropy(weights: weights, smoothing: labelSmoothing)
  }

  /// The weights in the order of the model's labels; what the data does not have counts 1.
  private func numbered(
    _ weights: [Double], _ labels: LabelSet, _ names: [String], source: String
  ) throws -> [Double] {
    let map = try labels.map(onto: LabelSet(names, source: source), source: source)
    var result = names.map { _ in 1.0 }
    for (weight, index) in zip(weights, map) { result[index] = weight }
    return result
  }
}
