import ArgumentParser
import Foundation
import SparseGrad

struct AdapterMerge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Merge adapters into their base and write a plain model.")

  @Option(help: "Hugging Face folder of the base.", completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions
  @OptionGroup var output: NewFolderOptions

  func validate() throws {
    try checkPath(model, "--model")
    if adapters.adapter.isEmpty { throw ValidationError("--adapter: expected at least one") }
  }

  func run() throws {
    try output.check()
    let (base, engine) = (try ModelFolder(URL(fileURLWithPath: model)), try Engine())
    let merged = try base.model(
      adapters: adapters.folders.map { try Adapter(folder: $0) }, engine)
    try AtomicOutput.folder(at: output.url) { folder in
      try ModelFolder.write(
        merged.configuration, merged.tensors(engine), tokenizer: base, to: folder)
    }
  }
}
