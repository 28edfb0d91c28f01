import ArgumentParser
import Foundation
import SparseGrad

struct AdapterExtract: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Write the exact difference of two models as an adapter.")

  @Option(help: "Hugging Face folder of the base.", completion: .directory)
  var base: String

  @Option(
    help: "Hugging Face folder of the fine-tuned model.", completion: .directory)
  var model: String

  @OptionGroup var output: NewFolderOptions

  func validate() throws {
    try checkPath(base, "--base")
    try checkPath(model, "--model")
  }

  func run() throws {
    try output.check()
    try AdapterWriter(
      from: ModelFolder(URL(fileURLWithPath: base)), to: ModelFolder(URL(fileURLWithPath: model)),
      Engine()
    ).write(nil, to: output.url)
  }
}
