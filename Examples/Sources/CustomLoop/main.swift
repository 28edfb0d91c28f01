import Foundation
import SparseGrad

// custom-loop MODEL TRAIN
//
// A training loop of one's own: the head and the selected elements of the MLP weights learn from a table of texts and labels.

let places = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
guard places.count == 2 else { fatalError("usage: custom-loop MODEL TRAIN") }

let (folder, engine) = (try ModelFolder(places[0]), try Engine())
let texts = try Dataset(contentsOf: places[1], targets: .labels(nil))
let head = HeadConfiguration.classification(labels: texts.labels?.names ?? [])
let model = try folder.model(head: head, weights: .new, engine)
let data = try TextEncoder(folder, maximumLength: nil).encode(texts: texts) { print($0) }

let trained = try model.train(.sparseGrad(.meProp), scope: .head, engine)
let loss = CrossEntropy()
for step in 1...20 {
  let examples = (0..<8).map { ($0 + 8 * step) % data.sequences.count }
  let (batch, targets) = data.batch(examples)
  let sum = model.learn(batch, Pass(engine, .training(dropout: nil))) { _, logits, gradient in
    loss.evaluate(logits, targets, scale: 1 / Float(targets.count), gradient: gradient)
  }
  for part in trained.all { part.step(AdamStep(learningRate: 1e-3, number: step), engine) }
  print("step \(step): loss \(sum / Double(targets.count))")
}
