import ArgumentParser
import Foundation
import SparseGrad

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a language model as a GGUF file, for llama.cpp and what is built on it.",
    discussion: """
      Adapters are merged into the model. Vectors stay float32; matrices have the type that --type names.
      """)

  @Option(
    help: "Hugging Face folder or GGUF file of the model, or of the one that adapters belong to.",
    completion: .directory)
  var model: String

  @OptionGroup var adapters: AdapterOptions

  @Option(help: "GGUF file to write; must be new.", completion: .file(extensions: ["gguf"]))
  var output: String

  @Option(help: "What matrices are stored as.")
  var type = StoredType.f16

  enum StoredType: String, ExpressibleByArgument, CaseIterable {
    case f32, f16, bf16
    case q8 = "q8_0"

    var tensorType: TensorType {
      switch self {
      case .f32: .float32
      case .f16: .float16
      case .bf16: .bfloat16
      case .q8: .q8_0
      }
    }
  }

  @Flag(help: "Print nothing but errors.")
  var quiet = false

  func validate() throws {
    try checkPath(model, "--model")
    try checkPath(output, "--output")
  }

  func run() throws {
    let url = URL(fileURLWithPath: output)
    guard !FileManager.default.fileExists(atPath: url.path) else {
      throw InputError(url.path, "is there already, expected a file that is new")
    }
    let summary = try GGUFExport(
      model: URL(fileURLWithPath: model), adapters: adapters.folders, as: type.tensorType
    ).write(to: url)
    guard !quiet else { return }
    if !summary.notQuantised.isEmpty {
      Console.note(
        "rows of \(summary.notQuantised.count) matrices are no multiple of 32 and stay F16, such as "
          + "\(summary.notQuantised[0])\n")
    }
    if let length = summary.shortenedContext {
      Console.note(
        "the context is \(length) tokens, the window of attention: GGUF files of this architecture have none\n"
      )
    }
    Console.note(
      "\(summary.tensors) tensors, \(summary.bytes.grouped) bytes: \(url.path)\n")
  }
}
