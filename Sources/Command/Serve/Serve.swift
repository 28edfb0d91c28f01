import ArgumentParser
import Foundation
import SparseGrad

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Answer by a language model behind OpenAI's protocol.",
    discussion:
      "POST /v1/chat/completions (streamed too) and GET /v1/models. It listens on this machine only unless --host says otherwise; there is no access control."
  )

  @Option(
    help: "Hugging Face folder or GGUF file of the model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: "Address to listen at; 0.0.0.0 for all of this machine's.")
  var host = "127.0.0.1"

  @Option(help: "Port to listen at; 0 takes one that is free.")
  var port = 8080

  @Option(help: "What the model is called. (default: the name of its file or folder)")
  var modelId: String?

  @OptionGroup(title: "Where a request says nothing") var generation: GenerationOptions

  @Option(help: "Precision of matrix products. auto picks what is faster on this machine.")
  var precision = PrecisionFlag.auto

  @Option(help: "Number of threads; results do not depend on it. (default: all processors)")
  var threads: Int?

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    try checkPath(model, "--model")
    guard 0...65_535 ~= port else { throw ValidationError("--port: expected from 0 to 65535") }
    if let threads, !(1...1024 ~= threads) {
      throw ValidationError("--threads: expected from 1 to 1024")
    }
  }

  func run() throws {
    let url = URL(fileURLWithPath: model)
    let generator = try TextGenerator(
      model: url, adapters: adapters.folders, precision: precision.precision, threads: threads)
    let isQuiet = quiet
    let server = try ChatServer(
      generator, name: modelId ?? url.deletingPathExtension().lastPathComponent, host: host,
      port: port, defaults: generation.settings
    ) { line in
      if !isQuiet { Console.note(line + "\n") }
    }
    try Console.print("listening at http://\(host):\(server.port)/v1")
    try server.run()
  }
}
