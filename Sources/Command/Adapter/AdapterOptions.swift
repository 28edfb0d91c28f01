import ArgumentParser
import Foundation
import SparseGrad

/// Adapters that a model is used with.
struct AdapterOptions: ParsableArguments {
  @Option(
    help:
      "Folder of an adapter. May be given more than once; adapters are applied in this order.",
    completion: .directory)
  var adapter: [String] = []

  var folders: [URL] { adapter.map { URL(fileURLWithPath: $0) } }

  func validate() throws {
    for folder in adapter { try checkPath(folder, "--adapter") }
  }
}

/// A model folder that a command makes.
struct NewFolderOptions: ParsableArguments {
  @Option(help: "Folder to write; must be new or empty.", completion: .directory)
  var output: String

  var url: URL { URL(fileURLWithPath: output) }

  func validate() throws { try checkPath(output, "--output") }

  /// - Throws: `InputError` when there is something already.
  func check() throws {
    let content = try? FileManager.default.contentsOfDirectory(atPath: url.path)
    guard content?.isEmpty ?? !FileManager.default.fileExists(atPath: url.path) else {
      throw InputError(url.path, "is there already, expected a folder that is new or empty")
    }
  }
}
