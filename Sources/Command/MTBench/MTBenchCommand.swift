import ArgumentParser
import Foundation
import SparseGrad

struct MTBenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mt-bench",
    abstract: "Answer the questions of MT-Bench, for `sparsegrad judge` or FastChat.")

  @Option(
    help: "Hugging Face folder or GGUF file of the model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: "File of questions, as FastChat has them (question.jsonl).", completion: .file())
  var questions: String

  @Option(
    help: "File of answers to write; answers that are there are kept.", completion: .file())
  var output: String

  @Option(
    help: "What the model is called in the answers. (default: the name of its file or folder)")
  var modelId: String?

  @Option(help: "Longest answer to a turn, in tokens.")
  var maxNewTokens = 1024

  @Option(help: "Temperature of all answers. (default: FastChat's, by category)")
  var temperature: Double?

  @Option(help: "Random seed of the tokens that are drawn.")
  var seed: UInt64 = 42

  @Option(help: "Answer only this many questions, from the beginning.")
  var limit: Int?

  @Option(help: "Precision of matrix products. auto picks what is faster on this machine.")
  var precision = PrecisionFlag.auto

  @Option(help: "Number of threads; results do not depend on it. (default: all processors)")
  var threads: Int?

  @OptionGroup var messages: MessageOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(questions, "--questions")
    try checkPath(output, "--output")
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
    if let limit, limit < 1 { throw ValidationError("--limit: expected at least 1") }
    try checkingUsage { try settings.validate() }
  }

  private var settings: GenerationSettings {
    var settings = GenerationSettings()
    settings.maximumTokens = maxNewTokens
    settings.sampling.seed = seed
    settings.sampling.temperature = temperature ?? 0
    return settings
  }

  func run() throws {
    let url = URL(fileURLWithPath: model)
    let all = try MTBenchQuestion.read(URL(fileURLWithPath: questions))
    let generator = try TextGenerator(
      model: url, adapters: adapters.folders, precision: precision.precision, threads: threads)
    var run = MTBenchRun(
      limit.map { Array(all.prefix($0)) } ?? all, output: URL(fileURLWithPath: output),
      name: modelId ?? url.deletingPathExtension().lastPathComponent)
    run.settings = settings
    run.temperature = temperature
    let (new, old) = try run.run(generator) { done, all in
      if !messages.quiet { Console.note("question \(done) of \(all)\n") }
    }
    if !messages.quiet { try Console.print("\(output): \(new) new answers, \(old) were there") }
  }
}
