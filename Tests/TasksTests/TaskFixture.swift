import Compute
import Foundation
import Layers
import Models
import Support
import Weights

/// The fixtures beside the tests, written by Fixtures/generate/tasks.py.
let tasks = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Fixtures/tasks")

/// What a library says, in a file of JSON.
func reference<Value: Decodable>(_ name: String) throws -> Value {
  try JSONDecoder().decode(Value.self, from: Data(contentsOf: tasks.appendingPathComponent(name)))
}

/// A tiny model and what PyTorch computes with it on one batch.
struct TaskFixture {
  let folder: ModelFolder
  private let expected: Checkpoint

  init(_ name: String) throws {
    let url = tasks.appendingPathComponent(name)
    folder = try ModelFolder(url)
    expected = try Checkpoint(file: url.appendingPathComponent("expected.safetensors"))
  }

  func floats(_ name: String) throws -> [Float] { try expected.tensor(name).floats() }

  /// The batch, and an answer for each row of logits.
  func batch(_ head: HeadConfiguration) throws -> (TokenBatch, [Target]) {
    let (ids, offsets, labels) = (
      try integers("input_ids"), try integers("offsets"), try integers("labels")
    )
    var batch = TokenBatch()
    for (begin, end) in zip(offsets, offsets.dropFirst()) {
      let tokens = Array(ids[Int(begin)..<Int(end)])
      batch.append(ids: tokens, typeIds: tokens.map { _ in 0 })
    }
    guard head.kind == .sequence else {
      let rows = labels.indices.filter { labels[$0] >= 0 }
      batch.queries = .rows(rows.map(Int32.init))
      return (batch, rows.map { .label(Int(labels[$0])) })
    }
    let width = head.labelCount
    return (
      batch,
      (0..<batch.sequenceCount).map { row in
        .labels((0..<width).filter { labels[row * width + $0] == 1 })
      }
    )
  }

  private func integers(_ name: String) throws -> [Int32] {
    try expected.tensor(name).withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
  }
}

/// |a − b| / |b| in the norm of vectors.
func relativeError(_ a: some Sequence<Float>, _ b: [Float]) -> Double {
  let (difference, norm) = zip(a, b).reduce((0.0, 0.0)) {
    let d = Double($1.0) - Double($1.1)
    return ($0.0 + d * d, $0.1 + Double($1.1) * Double($1.1))
  }
  return (difference / max(norm, 1e-300)).squareRoot()
}
