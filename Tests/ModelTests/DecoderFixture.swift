import Compute
import Foundation
import Layers
import Models
import Support
import Weights

/// A tiny random language model and what PyTorch computes with it (see Fixtures/generate/decoders.py).
struct DecoderFixture {
  let folder: ModelFolder
  let expected: Checkpoint
  let name: String

  static let names = [
    "llama", "llama-tied", "llama-biases", "llama3", "linear", "yarn", "mistral", "qwen2",
    "qwen2-window", "qwen3", "bfloat16",
  ]

  init(_ name: String) throws {
    self.name = name
    let url = fixtures.appendingPathComponent("decoders").appendingPathComponent(name)
    folder = try ModelFolder(url)
    expected = try Checkpoint(file: url.appendingPathComponent("expected.safetensors"))
  }

  func model(_ engine: Engine) throws -> any TransformerModel {
    try folder.model(head: .languageModel, engine)
  }

  var batchCount: Int { expected.names.filter { $0.hasSuffix(".logits") }.count }

  /// A batch that asks for the tokens before the answers, and the answers.
  func batch(_ index: Int) throws -> (TokenBatch, [Target]) {
    let ids = try integers("batch.\(index).input_ids")
    let offsets = try integers("batch.\(index).offsets").map(Int.init)
    let answers = try integers("batch.\(index).answers")
    var batch = TokenBatch()
    for (begin, end) in zip(offsets, offsets.dropFirst()) {
      batch.append(
        ids: Array(ids[begin..<end]), typeIds: Array(repeating: 0, count: end - begin))
    }
    batch.queries = .rows(answers.map { $0 - 1 })
    return (batch, answers.map { .label(Int(ids[Int($0)])) })
  }

  func floats(_ name: String) throws -> [Float] { try expected.tensor(name).floats() }

  func integers(_ name: String) throws -> [Int32] {
    try expected.tensor(name).withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
  }
}

extension TransformerModel {
  /// All logits of a batch, row after row.
  func allLogits(_ batch: TokenBatch, _ engine: Engine) -> [Float] {
    var all: [Float] = []
    read(batch, engine) { all += Array($1.elements) }
    return all
  }
}
