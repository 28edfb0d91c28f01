import Compute
import Foundation
import Layers
import Models
import Support
import Weights

/// The fixtures beside the tests.
let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Fixtures")

/// A tiny random classifier and what PyTorch computes with it (see Fixtures/generate/classifiers.py).
struct ModelFixture {
  let folder: ModelFolder
  let expected: Checkpoint
  let name: String

  static let names = [
    "bert/classification", "bert/pairs", "bert/regression", "bert/head-size-20",
    "roberta/classification", "roberta/regression", "roberta/padding-4",
    "distilbert/classification", "distilbert/regression", "decoders/classification",
  ]

  init(_ name: String) throws {
    self.name = name
    let url = fixtures.appendingPathComponent(name)
    folder = try ModelFolder(url)
    expected = try Checkpoint(file: url.appendingPathComponent("expected.safetensors"))
  }

  func model(_ engine: Engine, dropout: Float? = nil) throws -> any TransformerModel {
    try folder.model(head: head(), dropout: dropout, engine)
  }

  func head() throws -> HeadConfiguration {
    let labels = try expected.tensor("batch.0.logits").info.shape[1]
    return labels == 1
      ? .regression : .classification(labels: (0..<labels).map { "LABEL_\($0)" })
  }

  var batchCount: Int { expected.names.filter { $0.hasSuffix(".logits") }.count }

  func batch(_ index: Int) throws -> (TokenBatch, [Target]) {
    let ids = try integers("batch.\(index).input_ids")
    let types = try integers("batch.\(index).token_type_ids")
    let offsets = try integers("batch.\(index).offsets").map(Int.init)
    var batch = TokenBatch()
    if name.hasPrefix("decoders/") { batch.queries = .last }
    for (begin, end) in zip(offsets, offsets.dropFirst()) {
      batch.append(ids: Array(ids[begin..<end]), typeIds: Array(types[begin..<end]))
    }
    let labels = try expected.tensor("batch.\(index).labels")
    let targets =
      labels.info.type == .float32
      ? try labels.floats().map { Target.value($0) }
      : try integers("batch.\(index).labels").map { Target.label(Int($0)) }
    return (batch, targets)
  }

  func floats(_ name: String) throws -> [Float] { try expected.tensor(name).floats() }

  private func integers(_ name: String) throws -> [Int32] {
    try expected.tensor(name).withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
  }
}

extension TransformerModel {
  /// The loss of its problem: of one logit a regression's.
  var loss: any LossFunction { labelCount == 1 ? MeanSquaredError() : CrossEntropy() }
}

extension ModelFixture {
  enum Direction { case forward, forwardAndBackward }

  /// The mean loss of the first batch; its gradients too, if a backward pass is asked for.
  func loss(_ model: any TransformerModel, _ pass: Pass, _ direction: Direction) throws
    -> Double
  {
    let (batch, targets) = try batch(0)
    let sum = model.learn(batch, pass) { _, logits, gradient in
      model.loss.evaluate(
        logits, targets, scale: 1 / Float(targets.count), gradient: gradient)
    }
    return sum / Double(targets.count)
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
