import ArgumentParser
import Foundation
import SparseGrad

extension GLUERetention: ExpressibleByArgument {}

struct Glue: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "glue",
    abstract:
      "Compare methods on GLUE tasks: models x tasks x methods x seeds, by the paper's recipe.",
    discussion: """
      Every run has a folder of its own below --output and a record, cell.json, when it has ended. The same \
      command again goes on after an interruption, at the last checkpoint of the run that was interrupted. \
      Tables are written to results.md, results.csv and results.json.

      --config FILE reads flags from a YAML file; flags that are typed override it.
      """)

  @OptionGroup(title: "Comparison") var comparison: GlueComparisonOptions
  @OptionGroup(title: "Recipe") var recipe: GlueRecipeOptions

  @Option(help: "Folder to write.", completion: .directory)
  var output: String

  @Option(help: "Trained models to keep: none, the best of each model, task and method, or all.")
  var saveModels = GLUERetention.none

  @Option(
    help:
      "Folder for the predictions of the best runs on the test files, in the benchmark's format.",
    completion: .directory)
  var submission: String?

  @Flag(help: "Run nothing; only write the tables of the runs that have ended.")
  var tablesOnly = false

  @OptionGroup(title: "Messages") var messages: MessageOptions

  func validate() throws {
    try checkPath(output, "--output")
    if let data = comparison.data { try checkPath(data, "--data") }
    guard tablesOnly || comparison.data != nil else {
      throw ValidationError(
        "--data: expected the folder of the GLUE tasks; only --tables-only needs none")
    }
    for folder in comparison.models.values { try checkPath(folder, "--models") }
    try checkingUsage {
      _ = try comparison.taskList()
      _ = try comparison.methodList()
      try recipe.recipe().settings.validate()
    }
  }

  func run() throws {
    let grid = try grid()
    let results = tablesOnly ? try grid.results() : try compare(grid)
    if tablesOnly, results.isEmpty {
      throw InputError(output, "holds no run of this comparison, expected the folder of one")
    }
    try results.write(to: grid.output, command: Console.command)
    if messages.json {
      try Console.printJSON(GLUEReport(results))
    } else if !messages.quiet {
      try Console.print(GLUETables(results).markdown)
      try Console.print("tables: \(output)/results.md, .csv, .json")
    }
    if results.failures > 0 { throw GLUEFailures(count: results.failures) }
  }

  private func grid() throws -> GLUEGrid {
    let folders = comparison.models.values.map { URL(fileURLWithPath: $0) }
    var grid = GLUEGrid(
      models: try folders.map(GLUEModel.init), tasks: try comparison.taskList(),
      methods: try comparison.methodList(), seeds: comparison.seeds.values,
      data: URL(fileURLWithPath: comparison.data ?? ""), output: URL(fileURLWithPath: output))
    grid.recipe = try recipe.recipe()
    grid.maximumTrainingSamples = recipe.maxTrainSamples
    grid.retention = saveModels
    grid.submission = submission.map { URL(fileURLWithPath: $0) }
    grid.threads = recipe.threads
    return grid
  }

  private func compare(_ grid: GLUEGrid) throws -> GLUEResults {
    let overview = GlueOverview(grid, messages.style)
    defer { overview.finish() }
    for model in grid.models {
      MethodBudget.explanation(of: grid.methods, for: model.name, model.weights)
        .forEach(overview.say)
    }
    let interrupt = Interrupt()
    var outputError: (any Error)?
    do {
      return try grid.run { event in
        do { try overview.report(event) } catch { outputError = error }
        return interrupt.wasRequested || outputError != nil ? .stop : .continue
      }
    } catch {
      // What has ended is worth a table; what went wrong is worth more than a failure to write it.
      if let results = try? grid.results(), !results.isEmpty {
        try? results.write(to: grid.output, command: Console.command)
      }
      throw outputError ?? error
    }
  }
}

/// Some runs of a comparison diverged.
struct GLUEFailures: Error, CustomStringConvertible {
  let count: Int

  var description: String {
    "\(count) \(count == 1 ? "run" : "runs") diverged; see the tables, and cell.json of each run"
  }
}
