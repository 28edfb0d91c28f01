import ArgumentParser
import Foundation
import SparseGrad

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Label texts with a fine-tuned model, or predict their values.")

  @Option(
    help: "Hugging Face folder of the fine-tuned model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @OptionGroup var input: TextInput

  @Option(
    help: ArgumentHelp(
      "Column that names the texts of --file, for --json. (default: id, idx, index or guid, if there is one)",
      valueName: "column"))
  var idColumn: String?

  @Option(help: "File to write instead of standard output.", completion: .file())
  var output: String?

  @OptionGroup(title: "GLUE") var submission: SubmissionOptions
  @OptionGroup var thresholds: ThresholdOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    if let file = input.file { try checkPath(file, "--file") }
    if let output { try checkPath(output, "--output") }
    if let folder = submission.glueTest { try checkPath(folder, "--glue-test") }
    if let folder = submission.submission { try checkPath(folder, "--submission") }
    if submission.glueTest != nil, !input.isEmpty || output != nil || idColumn != nil {
      throw ValidationError("--glue-test: expected without texts, --pair, --file and --output")
    }
  }

  func run() throws {
    let classifier = try TextClassifier(
      folder: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: compute.precision.precision, maximumLength: compute.maxLength,
      threads: compute.threads)
    if compute.precision == .auto, !messages.json {
      note("precision: \(classifier.precision.rawValue)")
    }
    if let files = try submission.write(classifier, model: model, notice: note) {
      if messages.json {
        for file in files { try Console.printJSON(["file": file.path]) }
      } else if !messages.quiet {
        for file in files { try Console.print(file.path) }
      }
    } else if let output {
      try AtomicOutput.file(at: URL(fileURLWithPath: output)) { file in
        try predict(classifier) { try file.write(contentsOf: $0) }
      }
    } else {
      try predict(classifier, write: Console.write)
    }
  }

  /// Answers every group of texts before the next one is read.
  private func predict(_ classifier: TextClassifier, write: (Data) throws -> Void) throws {
    try input.read(for: classifier.memory, id: idColumn) { texts in
      let lines =
        try classifier.head.problem == .tokens
        ? tagged(texts, classifier) : classified(texts, classifier)
      try write(Data(lines.joined()))
    }
  }

  private func classified(_ texts: [InputText], _ classifier: TextClassifier) throws -> [Data] {
    let predictions = try classifier.predict(
      texts.map(\.example), thresholds: thresholds.values, notice: note)
    return try zip(texts, predictions).map { text, prediction in
      let line = PredictionLine(text, prediction)
      return messages.json ? try Console.jsonLine(line) : Data((line.fields + "\n").utf8)
    }
  }

  private func tagged(_ texts: [InputText], _ classifier: TextClassifier) throws -> [Data] {
    if let pair = texts.first(where: { $0.example.pair != nil }) {
      throw InputError(model, "tags the words of single texts, line \(pair.line) has a second one")
    }
    guard thresholds.values == nil else {
      throw InputError("--thresholds", "has no meaning for a model that tags words")
    }
    let words = texts.map { WordsInText($0.example.text) }
    // A text without words has no entities either.
    let full = words.filter { !$0.words.isEmpty }
    var tags = try classifier.tag(full.map { $0.words.map(\.text) }, notice: note)[...]
    return try zip(texts, words).map { text, words in
      let spans = words.words.isEmpty ? [] : words.spans(tags.removeFirst())
      let line = TaggedLine(text, spans)
      return messages.json ? try Console.jsonLine(line) : Data((line.fields + "\n").utf8)
    }
  }

  private func note(_ notice: String) {
    if !messages.quiet { Console.note(notice.withFlags + "\n") }
  }
}

/// The answer for a text, as a line of JSON or of fields.
struct PredictionLine: Encodable {
  let line: Int
  let id: String?
  let text: String
  let pair: String?
  let label: String?
  let labels: [String]?
  let probabilities: [Double]
  let logits: [Float]

  init(_ text: InputText, _ prediction: TextClassifier.Prediction) {
    (line, id) = (text.line, text.id)
    (self.text, pair) = (text.example.text, text.example.pair)
    label = prediction.label
    labels = prediction.labels
    probabilities = prediction.probabilities.map(\.probability)
    logits = prediction.logits
  }

  /// Label, its probability and the texts; where there may be several, the labels and the texts; or value and texts; with
  /// tabs between.
  var fields: String {
    if let labels {
      let list = labels.isEmpty ? "-" : labels.map(\.asField).joined(separator: ",")
      return ([list, text.asField] + [pair?.asField].compactMap { $0 }).joined(separator: "\t")
    }
    let answer =
      label.map { [$0.asField, (probabilities.max() ?? 0).fixed(4)] }
      ?? [Double(logits[0]).fixed(4)]
    return (answer + [text.asField] + [pair?.asField].compactMap { $0 }).joined(separator: "\t")
  }
}
