import Layers
import Support
import Weights

/// Where the weights of a head come from.
public enum HeadWeights: Sendable {
  /// The checkpoint; drawn from the seed where it has none.
  case kept
  /// Drawn from the seed, whatever the checkpoint has.
  case new
}

/// What the head of a classifier tells apart.
public enum HeadConfiguration: Hashable, Sendable {
  /// One of these labels, in the order of their logits.
  case classification(labels: [String])
  /// One number.
  case regression

  /// What `config.json` says of a model that has a head. What it does not say is as `transformers` has it:
  /// `num_labels` labels without names, two unless that says otherwise; and a single label means regression.
  /// - Throws: `InputError` naming the key that cannot be used.
  public init(_ file: ConfigurationFile) throws {
    let labels = try file.objectIfPresent("id2label")
    if let labels, labels.members.isEmpty {
      throw file.error("id2label", expected: "at least one label")
    }
    let count = try labels?.keys.count ?? Self.unnamedCount(file)
    let problem = try file.stringIfPresent("problem_type")
    switch problem {
    case "regression":
      self = .regression
    case nil where count == 1:
      self = .regression
    case nil, "single_label_classification":
      let names = try labels.map { labels in
        try labels.keys.indices.map { id -> String in
          guard case .string(let name) = labels[String(id)] else {
            throw file.error("id2label", expected: "a name for every id from 0")
          }
          return name
        }
      }
      self = .classification(labels: names ?? Self.unnamedLabels(count))
    default:
      throw file.error(
        "problem_type", expected: "\"single_label_classification\" or \"regression\"")
    }
  }

  /// What no head is expected to have more labels than: a number in a file should not claim all memory.
  private static let mostLabels = 1_000_000

  private static func unnamedCount(_ file: ConfigurationFile) throws -> Int {
    let count = try file.integerIfPresent("num_labels") ?? 2
    guard 1...mostLabels ~= count else {
      throw file.error("num_labels", expected: "from 1 to \(mostLabels)")
    }
    return count
  }

  /// Whether `config.json` describes a head of a kind that is not trained here: one that gives several labels at once.
  package static func isOfAnotherTask(_ file: ConfigurationFile) throws -> Bool {
    try file.stringIfPresent("problem_type") == "multi_label_classification"
  }

  /// The labels of a head whose labels have no names: `LABEL_0`, `LABEL_1`, ...
  public static func unnamedLabels(_ count: Int) -> [String] { (0..<count).map { "LABEL_\($0)" } }

  /// A label that is there twice; nil if all are different.
  package var repeatedLabel: String? {
    guard case .classification(let labels) = self else { return nil }
    return Dictionary(grouping: labels, by: \.self).filter { $1.count > 1 }.keys.min()
  }

  /// The number of logits.
  public var labelCount: Int {
    switch self {
    case .classification(let labels): labels.count
    case .regression: 1
    }
  }

  /// The loss that goes with it.
  public var loss: Loss {
    switch self {
    case .classification: .crossEntropy()
    case .regression: .meanSquaredError
    }
  }

  /// The head's kind.
  public var kind: HeadKind { .sequence }

  /// `config.json` with this head, as `transformers` writes it.
  func configuration(of architecture: String, in file: ConfigurationFile) -> ConfigurationFile {
    var file = file
    var names = JSONObject(), ids = JSONObject()
    let labels: [String]
    switch self {
    case .classification(let known): labels = known
    case .regression: labels = Self.unnamedLabels(1)
    }
    for (id, label) in labels.enumerated() {
      names[String(id)] = .string(label)
      ids[label] = .number(JSONNumber(id))
    }
    // `id2label` says how many; an older number would contradict it.
    file.object["num_labels"] = nil
    file.object["id2label"] = .object(names)
    file.object["label2id"] = .object(ids)
    file.object["architectures"] = .array([.string(architecture)])
    file.object["problem_type"] =
      self == .regression ? "regression" : "single_label_classification"
    // Parameters are written as float32; `transformers` would load them as what stands here.
    for key in ["dtype", "torch_dtype"] where (file[key] ?? .null) != .null {
      file[key] = "float32"
    }
    return file
  }
}
