import ArgumentParser
import Foundation
import SparseGrad

struct Params: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Count a model's parameters by part (Table 1 of the paper).")

  @Option(help: "Hugging Face folder of the model.", completion: .directory)
  var model: String

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Row: Encodable {
    let parameters: Int
    let share: Double
  }

  func validate() throws { try checkPath(model, "--model") }

  func run() throws {
    let counts = ParameterCounts(try ModelFolder(URL(fileURLWithPath: model)).checkpoint())
    if json {
      var rows = Dictionary(
        uniqueKeysWithValues: ModelPart.allCases.map {
          (
            $0.rawValue.lowercased(),
            Row(parameters: counts.counts[$0] ?? 0, share: counts.share($0))
          )
        })
      rows["total"] = Row(parameters: counts.total, share: 1)
      try Console.printJSON(rows)
    } else {
      for part in ModelPart.allCases {
        try row(part.rawValue, counts.counts[part] ?? 0, counts.share(part))
      }
      try row("total", counts.total, 1)
    }
  }

  private func row(_ name: String, _ count: Int, _ share: Double) throws {
    let digits = count.grouped
    try Console.print(
      name.padding(toLength: 12, withPad: " ", startingAt: 0)
        + String(repeating: " ", count: max(0, 14 - digits.count)) + digits
        + String(format: "%8.2f %%", share * 100))
  }
}
