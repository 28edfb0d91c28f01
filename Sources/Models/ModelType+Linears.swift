extension ModelType {
  /// The linear layers of a model of so many blocks, as `SequenceClassifier.linears` has them: what is known of
  /// them before any weight is loaded.
  package func linears(blocks: Int) -> [(kind: LinearRole.Kind, module: String)] {
    let ofBlock: [(kind: LinearRole.Kind, module: String)] = [
      (.query, "attention.self.query"), (.key, "attention.self.key"),
      (.value, "attention.self.value"), (.attentionOutput, "attention.output.dense"),
      (.intermediate, "intermediate.dense"), (.output, "output.dense"),
    ]
    var linears: [(kind: LinearRole.Kind, module: String)] = []
    for block in 0..<blocks {
      for (kind, module) in ofBlock {
        linears.append((kind, "\(rawValue).encoder.layer.\(block).\(module)"))
      }
    }
    let dense =
      switch self {
      case .bert: "bert.pooler.dense"
      case .roberta: "classifier.dense"
      }
    linears.append((.pooler, dense))
    linears.append((.classifier, String(projectionName.dropLast(".weight".count))))
    return linears
  }
}
