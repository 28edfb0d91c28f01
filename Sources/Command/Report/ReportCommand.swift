import ArgumentParser
import Foundation
import SparseGrad

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write one HTML page about runs, a comparison, a search or a benchmark.",
    discussion:
      "The file needs no other, no server and no network. docs/report.md says what it shows.")

  @Argument(
    help:
      "Output folders of finetune, glue and search, and files of bench --json. Several runs are compared.",
    completion: .directory)
  var folders: [String]

  @Option(help: "File to write.", completion: .file(extensions: ["html"]))
  var output: String

  @Option(help: "What stands above. (default: the folders' names)")
  var title: String?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    for folder in folders { try checkPath(folder, "folders") }
    try checkPath(output, "--output")
  }

  func run() throws {
    let report = try Report(folders.map { URL(fileURLWithPath: $0) }, title: title)
    try report.write(to: URL(fileURLWithPath: output))
    if !quiet { try Console.print("report: \(output)") }
  }
}
