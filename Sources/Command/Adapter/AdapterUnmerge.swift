import ArgumentParser
import Foundation
import SparseGrad

struct AdapterUnmerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unmerge",
    abstract: "Take a LoRA adapter out of a model that it was merged into.",
    discussion: """
      What LoRA has added is subtracted, up to roundings of float32. A head that the adapter brought is left \
      out. An adapter of changed elements cannot be taken out.
      """)

  @Option(help: "Hugging Face folder that the adapter was merged into.", completion: .directory)
  var model: String

  @Option(help: "Folder of the adapter.", completion: .directory)
  var adapter: String

  @OptionGroup var output: NewFolderOptions

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(adapter, "--adapter")
  }

  func run() throws {
    try output.check()
    let (merged, engine) = (try ModelFolder(URL(fileURLWithPath: model)), try Engine())
    let result = try UnmergedModel(
      merged, without: Adapter(folder: URL(fileURLWithPath: adapter)), engine)
    try AtomicOutput.folder(at: output.url) { folder in
      try ModelFolder.write(
        result.configuration, result.tensors(engine), tokenizer: merged, to: folder)
    }
    if !result.leftOut.isEmpty {
      Console.note(
        "left out, the adapter had replaced them: \(result.leftOut.joined(separator: ", "))\n")
    }
  }
}
