import ArgumentParser
import Foundation
import SparseGrad

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Search hyper-parameters of `finetune` with Optuna.",
    usage: "sparsegrad search --output <output> [<options>] <flags of finetune> ...",
    discussion: """
      Flags of `finetune` that are given are the same in every trial. What is searched is read from --space \
      (YAML: a flag, and a list of values or {low: 1e-6, high: 1e-2, log: true}); without it, learning rate, \
      batch size, dropout and settings of the method. Processes that share --storage and --study share the work.
      """)

  @Option(help: "Folder for the trials and, by default, their study.", completion: .directory)
  var output: String

  @Option(help: "YAML file of the flags to search and their values.", completion: .file())
  var space: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Search this flag too, or with these values: 'batch-size=[8, 16]'.", valueName: "flag=values")
  )
  var set: [String] = []

  @Option(help: "Number of complete trials that the study should have, whoever runs them.")
  var trials = 20

  @Option(help: "Trials that run side by side; they share --threads.")
  var workers = 1

  @Option(help: "Storage URL of Optuna. (default: $OPTUNA_STORAGE, or study.db in --output)")
  var storage: String?

  @Option(help: "Name of the study.")
  var study = "sparsegrad"

  @Flag(help: "Keep the models of all trials, not only the best one's.")
  var keepModels = false

  @OptionGroup(title: "Messages") var messages: MessageOptions

  @Argument(
    parsing: .allUnrecognized, help: ArgumentHelp("Flags of `finetune`.", valueName: "flags"))
  var finetune: [String] = []

  func validate() throws {
    try checkPath(output, "--output")
    if !(1...1_000_000 ~= trials) { throw ValidationError("--trials: expected from 1 to 1000000") }
    if !(1...1024 ~= workers) { throw ValidationError("--workers: expected from 1 to 1024") }
    if study.isEmpty { throw ValidationError("--study: expected a name, got an empty text") }
    _ = try plan()
  }

  func run() throws {
    let plan = try plan()
    let (metric, subject) = try plan.subject()
    let folder = URL(fileURLWithPath: output)
    let variable = ProcessInfo.processInfo.environment["OPTUNA_STORAGE"] ?? ""
    let storage = storage ?? (variable.isEmpty ? nil : variable)
    let optuna = try storage.map(Optuna.init(storage:)) ?? Optuna(storageIn: folder)
    let reporter = SearchReporter(messages, metric)
    // Before the study is made: a folder that is refused leaves none behind.
    _ = try SearchFolder(folder, ofStudy: self.study, in: optuna)
    let study = try OptunaStudy(study, OptunaStudy.Direction(of: metric), subject, in: optuna)
    let threads = plan.threads / workers
    var search = try HyperparameterSearch(
      study,
      FinetuneRunner { plan.arguments($0, threads: max(1, threads)) }, output: folder)
    search.trials = trials
    search.workers = workers
    search.retention = keepModels ? .all : .best
    let interrupt = Interrupt()
    reporter.begin(study, trials: trials)
    let result = try search.run(isInterrupted: { interrupt.wasRequested }, reporter.report)
    try reporter.finish(
      result, of: trials, folder: search.folder(of: result.best),
      command: plan.command(result.best.parameters, output: output + "/best"))
  }

  private func plan() throws -> SearchPlan {
    try SearchPlan(finetune, space: space, set: set)
  }
}
