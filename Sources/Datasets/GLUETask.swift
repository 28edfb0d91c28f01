import Metrics

/// The tasks of the GLUE benchmark (Wang et al., 2018) that have public answers.
public enum GLUETask: String, CaseIterable, Sendable {
  case cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli

  /// Finds a task by its name without regard to case, dashes and underscores: `SST-2`, `sts_b`.
  public init?(spelled name: String) {
    self.init(rawValue: name.lowercased().filter { $0 != "-" && $0 != "_" })
  }

  /// The name of the task's folder in the official download.
  public var folder: String { layout.folder }

  /// STS-B is a regression (0 to 5), all others are classifications.
  public var kind: TaskKind { layout.answers.labelNames == nil ? .regression : .classification }

  /// The names of the labels, numbered as Hugging Face's `glue` data set numbers them; nil for
  /// STS-B.
  public var labels: LabelSet? { layout.answers.labelNames.map(LabelSet.init(distinct:)) }

  /// The official metrics; the first is the one to choose a model by.
  public var metrics: [Metric] { layout.metrics }
}

extension GLUETask {
  /// How the official files of a task look.
  struct Layout {
    let folder: String
    let columns: ColumnNames
    let answers: GLUEAnswers
    let metrics: [Metric]
    /// The columns of files without a header line.
    var unwrittenHeader: [String]?
    var brokenRows = BrokenRows.refuse
  }

  var layout: Layout {
    switch self {
    case .cola:
      Layout(
        folder: "CoLA", columns: ColumnNames(text: "sentence", label: "label"),
        answers: .indices(["unacceptable", "acceptable"]), metrics: [.matthews],
        unwrittenHeader: ["source", "label", "mark", "sentence"])
    case .sst2:
      Layout(
        folder: "SST-2", columns: ColumnNames(text: "sentence", label: "label"),
        answers: .indices(["negative", "positive"]), metrics: [.accuracy])
    case .mrpc:
      Layout(
        folder: "MRPC",
        columns: ColumnNames(text: "#1 String", pair: "#2 String", label: "Quality"),
        answers: .indices(["not_equivalent", "equivalent"]), metrics: [.accuracy, .f1])
    case .stsb:
      Layout(
        folder: "STS-B",
        columns: ColumnNames(text: "sentence1", pair: "sentence2", label: "score"),
        answers: .scores(0...5), metrics: [.pearson, .spearman])
    case .qqp:
      // A few official rows are torn apart by line breaks inside a question.
      Layout(
        folder: "QQP",
        columns: ColumnNames(text: "question1", pair: "question2", label: "is_duplicate"),
        answers: .indices(["not_duplicate", "duplicate"]), metrics: [.accuracy, .f1],
        brokenRows: .skip)
    case .mnli:
      Layout(
        folder: "MNLI",
        columns: ColumnNames(text: "sentence1", pair: "sentence2", label: "gold_label"),
        answers: .names(["entailment", "neutral", "contradiction"]), metrics: [.accuracy])
    case .qnli:
      Layout(
        folder: "QNLI", columns: ColumnNames(text: "question", pair: "sentence", label: "label"),
        answers: .names(["entailment", "not_entailment"]), metrics: [.accuracy])
    case .rte:
      Layout(
        folder: "RTE", columns: ColumnNames(text: "sentence1", pair: "sentence2", label: "label"),
        answers: .names(["entailment", "not_entailment"]), metrics: [.accuracy])
    case .wnli:
      Layout(
        folder: "WNLI", columns: ColumnNames(text: "sentence1", pair: "sentence2", label: "label"),
        answers: .indices(["not_entailment", "entailment"]), metrics: [.accuracy])
    }
  }
}
