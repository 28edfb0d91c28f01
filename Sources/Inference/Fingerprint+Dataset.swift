import Datasets
import Support
import Weights

extension Fingerprint {
  /// The fingerprint of examples in their order: texts, answers, and what the answers' indices mean. Where they were
  /// read from does not matter.
  public init(of dataset: Dataset) throws {
    var bytes: [UInt8] = []
    // Every text is preceded by its length, so that no two datasets make the same bytes.
    func add(_ text: String) {
      withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { bytes += $0 }
      bytes += text.utf8
    }
    let labels = dataset.labels?.names ?? []
    add("labels \(labels.count)")
    labels.forEach(add)
    for example in dataset.examples {
      add(example.text)
      add(example.pair.map { "pair \($0)" } ?? "")
      switch example.target {
      case .label(let label): add("label \(label)")
      case .value(let value): add("value \(value)")
      case .labels(let labels): add("labels \(labels)")
      case .tags(let tags): add("tags \(tags)")
      case nil: add("")
      }
    }
    try self.init(of: [
      NamedTensor("examples", .uint8, shape: [bytes.count]) { body in
        try bytes.withUnsafeBytes(body)
      }
    ])
  }
}
