import Adapters
import Datasets
import Models
import Support
import Tasks
import Weights

/// The head that a model is trained with: its own where that fits the data, else a new one.
package struct HeadChoice {
  package let head: HeadConfiguration
  package let weights: HeadWeights
  /// What a user should know of it.
  package let notice: String?

  /// - Parameter adapter: one that the folder's model is changed by; the head that it brings counts as the folder's.
  /// - Throws: `InputError` when the data has no labels though the task needs them, or `config.json` cannot be
  ///   used.
  package init(
    for data: Dataset, _ kind: TaskKind, in source: ModelFolder, with adapter: Adapter? = nil
  ) throws {
    if kind.problem == .nextToken {
      guard try source.modelType().isLanguageModel else {
        throw try source.configuration().error(
          "model_type", expected: "that of a language model for the task \(kind.rawValue)")
      }
      self.init(head: .languageModel, weights: .kept)
      return
    }
    let known = try adapter?.head ?? Self.ownHead(of: source)
    guard kind.hasLabels else {
      self.init(head: .regression, weights: known == .regression ? .kept : .new)
      return
    }
    guard let labels = data.labels else {
      throw InputError(data.source, "has no labels, expected a column of them")
    }
    guard let known, known.problem == kind.problem,
      let own = try? LabelSet(known.labels, source: source.url.path),
      let kept = Self.kept(own, for: labels, kind.problem)
    else {
      self.init(head: HeadConfiguration(kind.problem, labels: labels.names), weights: .new)
      return
    }
    self = kept
  }

  /// The head that the folder has, if it is of a kind that is trained here and of the size that its configuration says.
  private static func ownHead(of source: ModelFolder) throws -> HeadConfiguration? {
    let head = try HeadConfiguration(source.configuration())
    return try head.labelCount == source.headSize(head.kind) ? head : nil
  }

  /// The model's own head, if it knows the data's labels by their names; or by their indices, if the data has all of
  /// those, or the model no names. Nil if it does not.
  private static func kept(
    _ own: LabelSet, for labels: LabelSet, _ problem: HeadConfiguration.Problem
  ) -> HeadChoice? {
    guard (try? labels.map(onto: own, source: "")) != nil else { return nil }
    if own.isUnnamed {
      let isCalledByTheData = own.count == labels.count && !labels.areNames(in: own)
      return HeadChoice(
        head: HeadConfiguration(problem, labels: isCalledByTheData ? labels.names : own.names),
        weights: .kept)
    }
    let kept = HeadConfiguration(problem, labels: own.names)
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
