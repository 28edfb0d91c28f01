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
  @OptionGroup(title: "GLUE") var submission: SubmissionOptions
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var messages: MessageOptions

  private struct Line: Encodable {
    let label: String?
    let probabilities: [Double]
    let logits: [Float]
  }

  func validate() throws {
    try checkPath(model, "--model")
    if let file = input.file { try checkPath(file, "--file") }
    if let folder = submission.glueTest { try checkPath(folder, "--glue-test") }
    if let folder = submission.submission { try checkPath(folder, "--submission") }
    if submission.glueTest != nil, !input.isEmpty {
      throw ValidationError("--glue-test: expected without texts, --pair and --file")
    }
  }

  func run() throws {
    let classifier = try TextClassifier(
      folder: URL(fileURLWithPath: model), adapters: adapters.folders,
      precision: compute.precision.precision, maximumLength: compute.maxLength,
      threads: compute.threads)
    func note(_ notice: String) {
      if !messages.quiet { Console.note(notice + "\n") }
    }
    if compute.precision == .auto, !messages.json {
      note("precision: \(classifier.precision.rawValue)")
    }
    if let files = try submission.write(classifier, model: model, notice: note) {
      if messages.json {
        for file in files { try Console.printJSON(["file": file.path]) }
      } else if !messages.quiet {
        for file in files { try Console.print(file.path) }
      }
      return
    }
    let examples = try input.load()
    let predictions = try classifier.predict(examples, notice: note)
    for (example, prediction) in zip(examples, predictions) {
      let probabilities = prediction.probabilities.map(\.probability)
      if messages.json {
        try Console.printJSON(
          Line(label: prediction.label, probabilities: probabilities, logits: prediction.logits))
      } else if let label = prediction.label {
        try Console.print("\(label)\t\((probabilities.max() ?? 0).fixed(4))\t\(example.text)")
      } else {
        try Console.print("\(Double(prediction.logits[0]).fixed(4))\t\(example.text)")
      }
    }
  }
}
