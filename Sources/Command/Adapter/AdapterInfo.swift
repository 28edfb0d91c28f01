import ArgumentParser
import Foundation
import SparseGrad

struct AdapterInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show what an adapter contains and how many bytes it takes.")

  @Argument(help: "Folder of the adapter.", completion: .directory)
  var adapter: String

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Row: Encodable {
    let form: String
    let parameters, elements, bytes: Int
  }

  private struct Info: Encodable {
    let kind, summary: String
    let base: String?
    let contents: [Row]
    let coordinateBytes: Int

    private enum CodingKeys: String, CodingKey {
      case kind, summary, base, contents
      case coordinateBytes = "coordinate_bytes"
    }
  }

  func validate() throws { try checkPath(adapter, "<adapter>") }

  func run() throws {
    let adapter = try Adapter(folder: URL(fileURLWithPath: adapter))
    let info = Info(
      kind: adapter.kind.rawValue, summary: adapter.summary, base: adapter.base?.description,
      contents: adapter.contents.map {
        Row(
          form: $0.form.rawValue, parameters: $0.content.parameters,
          elements: $0.content.elements, bytes: $0.content.bytes)
      }, coordinateBytes: adapter.coordinateBytes)
    if json { return try Console.printJSON(info) }
    try Console.print("\(info.kind): \(info.summary)")
    try Console.print("base: \(info.base ?? "not written down")")
    for row in info.contents {
      try Console.print(
        "\(row.form): \(row.parameters) parameters, \(row.elements.grouped) elements, "
          + size(row.bytes, of: row.elements))
    }
    if info.coordinateBytes > 0 {
      try Console.print("coordinates: \(info.coordinateBytes.grouped) bytes")
    }
    let total = info.contents.reduce(info.coordinateBytes) { $0 + $1.bytes }
    try Console.print(
      "in all: \(size(total, of: info.contents.reduce(0) { $0 + $1.elements }))")
  }

  private func size(_ bytes: Int, of elements: Int) -> String {
    "\(bytes.grouped) bytes, \((Double(bytes) / Double(max(1, elements))).fixed(1)) an element"
  }
}
