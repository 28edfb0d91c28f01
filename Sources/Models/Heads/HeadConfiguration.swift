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

/// What the head of a model tells apart.
public struct HeadConfiguration: Hashable, Sendable {
  /// What is asked of a head, as `config.json` has it in `problem_type`, or in the name of the class.
  public enum Problem: String, CaseIterable, Sendable {
    /// One number for a sequence.
    case regression
    /// One label of several for a sequence.
    case singleLabel = "single_label_classification"
    /// Any number of labels for a sequence.
    case multiLabel = "multi_label_classification"
    /// A label for each token (`...ForTokenClassification`; not a `problem_type` of `transformers`).
    case tokens = "token_classification"
    /// The next token, for each token (`...ForCausalLM`; not a `problem_type` either).
    case nextToken = "causal_language_modeling"

    /// The kind of head that answers it.
    public var head: HeadKind {
      switch self {
      case .regression, .singleLabel, .multiLabel: .sequence
      case .tokens: .token
      case .nextToken: .vocabulary
      }
    }

    /// Whether `config.json` says so by `problem_type`, and not by the class.
    var isProblemType: Bool { head == .sequence }
  }

  /// What is asked.
  public let problem: Problem
  /// The labels in the order of their logits; of a regression one that has no meaning, of a language model none.
  public let labels: [String]

  /// A head for a problem.
  public init(_ problem: Problem, labels: [String]) {
    self.problem = problem
    self.labels = labels
  }

  /// One number.
  public static let regression = HeadConfiguration(.regression, labels: unnamedLabels(1))

  /// The next token.
  public static let languageModel = HeadConfiguration(.nextToken, labels: [])

  /// One of these labels, in the order of their logits.
  public static func classification(labels: [String]) -> HeadConfiguration {
    HeadConfiguration(.singleLabel, labels: labels)
  }

  /// The labels of a head whose labels have no names: `LABEL_0`, `LABEL_1`, ...
  public static func unnamedLabels(_ count: Int) -> [String] { (0..<count).map { "LABEL_\($0)" } }

  /// The head's kind.
  public var kind: HeadKind { problem.head }

  /// The number of logits.
  public var labelCount: Int { labels.count }

  /// A label that is there twice; nil if all are different.
  package var repeatedLabel: String? {
    Dictionary(grouping: labels, by: \.self).filter { $1.count > 1 }.keys.min()
  }
}

extension HeadConfiguration {
  /// What `config.json` says of a model that has a head. What it does not say is as `transformers` has it:
  /// `num_labels` labels without names, two unless that says otherwise; and a single label means regression.
  /// - Throws: `InputError` naming the key that cannot be used.
  public init(_ file: ConfigurationFile) throws {
    if try Self.headOfClass(file) == .vocabulary {
      self = .languageModel
      return
    }
    let labels = try file.objectIfPresent("id2label")
    if let labels, labels.members.isEmpty {
      throw file.error("id2label", expected: "at least one label")
    }
    let count = try labels?.keys.count ?? Self.unnamedCount(file)
    let problem = try Self.problem(file, labelCount: count)
    guard problem != .regression else {
      self = .regression
      return
    }
    let names = try labels.map { labels in
      try labels.keys.indices.map { id -> String in
        guard case .string(let name) = labels[String(id)] else {
          throw file.error("id2label", expected: "a name for every id from 0")
        }
        return name
      }
    }
    self.init(problem, labels: names ?? Self.unnamedLabels(count))
  }

  private static func problem(_ file: ConfigurationFile, labelCount: Int) throws -> Problem {
    if try headOfClass(file) == .token { return .tokens }
    guard let name = try file.stringIfPresent("problem_type") else {
      return labelCount == 1 ? .regression : .singleLabel
    }
    guard let problem = Problem(rawValue: name), problem.isProblemType else {
      let known = Problem.allCases.filter(\.isProblemType).map { "\"\($0.rawValue)\"" }
      throw file.error("problem_type", expected: known.joined(separator: ", "))
    }
    return problem
  }

  /// The kind of head that the name of the class says.
  private static func headOfClass(_ file: ConfigurationFile) throws -> HeadKind? {
    let classes = try file.arrayIfPresent("architectures") ?? []
    return HeadKind.allCases.first { kind in
      classes.contains {
        if case .string(let name) = $0 { name.hasSuffix(kind.classSuffix) } else { false }
      }
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

  /// `config.json` with this head, as `transformers` writes it.
  /// - Parameter architecture: the class of the model.
  func configuration(of architecture: String, in file: ConfigurationFile) -> ConfigurationFile {
    var file = file
    file.object["architectures"] = .array([.string(architecture)])
    // Parameters are written as float32; `transformers` would load them as what stands here.
    for key in ["dtype", "torch_dtype"] where (file[key] ?? .null) != .null {
      file[key] = "float32"
    }
    guard problem != .nextToken else { return file }
    var names = JSONObject(), ids = JSONObject()
    for (id, label) in labels.enumerated() {
      names[String(id)] = .string(label)
      ids[label] = .number(JSONNumber(id))
    }
    // `id2label` says how many; an older number would contradict it.
    file.object["num_labels"] = nil
    file.object["id2label"] = .object(names)
    file.object["label2id"] = .object(ids)
    file.object["problem_type"] = problem.isProblemType ? .string(problem.rawValue) : nil
    return file
  }
}

/// The kinds of heads that models have.
public enum HeadKind: CaseIterable, Sendable {
  /// Logits for each sequence, by the token that stands for it.
  case sequence
  /// Logits for each token.
  case token
  /// Logits for each token of what comes next.
  case vocabulary

  /// What follows the architecture's name in the class of `transformers`.
  var classSuffix: String {
    switch self {
    case .sequence: "ForSequenceClassification"
    case .token: "ForTokenClassification"
    case .vocabulary: "ForCausalLM"
    }
  }
}
