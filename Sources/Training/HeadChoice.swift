import Checkpoints
import Datasets
import Models
import Support

/// The head that a model is trained with: its own where that fits the data, else a new one.
struct HeadChoice {
  let head: HeadConfiguration
  let weights: HeadWeights

  /// - Throws: `InputError` when the data has no labels though the task needs them, or `config.json` cannot be
  ///   used.
  init(for data: Dataset, _ kind: TaskKind, in source: ModelFolder) throws {
    let configuration = try source.configuration()
    // A head that answers with several labels at once is not trained on here: it is replaced.
    let problem = try configuration.stringIfPresent("problem_type")
    let hasHead = try source.hasClassificationHead() && problem != "multi_label_classification"
    let known = hasHead ? try HeadConfiguration(configuration) : nil
    guard kind == .classification else {
      self.init(head: .regression, weights: known == .regression ? .kept : .new)
      return
    }
    guard let labels = data.labels else {
      throw InputError(data.source, "has no labels, expected a column of them")
    }
    guard case .classification(let names)? = known,
      let set = try? LabelSet(names, source: source.url.path),
      (try? labels.map(onto: set, source: data.source)) != nil
    else {
      self.init(head: .classification(labels: labels.names), weights: .new)
      return
    }
    let isUnnamed = names == HeadConfiguration.unnamedLabels(labels.count)
    self.init(head: .classification(labels: isUnnamed ? labels.names : names), weights: .kept)
  }

  private init(head: HeadConfiguration, weights: HeadWeights) {
    self.head = head
    self.weights = weights
  }
}
