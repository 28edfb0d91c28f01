import Datasets
import Models
import Support
import Weights

/// The head that a model is trained with: its own where that fits the data, else a new one.
package struct HeadChoice {
  package let head: HeadConfiguration
  package let weights: HeadWeights
  /// What a user should know of it.
  package let notice: String?

  /// - Throws: `InputError` when the data has no labels though the task needs them, or `config.json` cannot be
  ///   used.
  package init(for data: Dataset, _ kind: TaskKind, in source: ModelFolder) throws {
    let known = try Self.ownHead(of: source)
    guard kind == .classification else {
      self.init(head: .regression, weights: known == .regression ? .kept : .new)
      return
    }
    guard let labels = data.labels else {
      throw InputError(data.source, "has no labels, expected a column of them")
    }
    guard case .classification(let names)? = known,
      let own = try? LabelSet(names, source: source.url.path),
      let kept = Self.kept(own, for: labels)
    else {
      self.init(head: .classification(labels: labels.names), weights: .new)
      return
    }
    self = kept
  }

  /// The head that the folder has, if it is of a kind that is trained here and of the size that its configuration says.
  private static func ownHead(of source: ModelFolder) throws -> HeadConfiguration? {
    guard let size = try source.headSize() else { return nil }
    let file = try source.configuration()
    guard try !HeadConfiguration.isOfAnotherTask(file) else { return nil }
    let head = try HeadConfiguration(file)
    return head.labelCount == size ? head : nil
  }

  /// The model's own head, if it knows the data's labels by their names; or by their indices, if the data has all of
  /// those, or the model no names. Nil if it does not.
  private static func kept(_ own: LabelSet, for labels: LabelSet) -> HeadChoice? {
    guard (try? labels.map(onto: own, source: "")) != nil else { return nil }
    if own.isUnnamed {
      let isCalledByTheData = own.count == labels.count && !labels.areNames(in: own)
      return HeadChoice(
        head: .classification(labels: isCalledByTheData ? labels.names : own.names), weights: .kept)
    }
    let kept = HeadConfiguration.classification(labels: own.names)
    if labels.areNames(in: own) { return HeadChoice(head: kept, weights: .kept) }
    guard own.count == labels.count else { return nil }
    return HeadChoice(
      head: kept, weights: .kept,
      notice:
        "the data's labels \(labels.list) are taken for the indices of the model's \(own.list)")
  }

  private init(head: HeadConfiguration, weights: HeadWeights, notice: String? = nil) {
    self.head = head
    self.weights = weights
    self.notice = notice
  }
}
