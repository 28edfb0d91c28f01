import Layers
import Models
import Testing

@testable import Compute
@testable import Methods

/// Ten steps of full fine-tuning against PyTorch's AdamW (see Fixtures/generate/classifiers.py).
@Suite(.serialized) struct TrainingTraceTests {
  @Test(arguments: [1, 2])
  func lossesAndWeights(_ threads: Int) throws {
    let fixture = try ModelFixture("bert/classification")
    let engine = try Engine(threads: threads)
    let model = try fixture.model(engine)
    let trainables = try model.train(.full, scope: .all, engine).all
    #expect(trainables.map(\.name) == model.parameters.map(\.name))
    let pass = Pass(engine, .training(dropout: nil))
    let losses = try (0..<10).map { number in
      let (batch, targets) = try fixture.batch(number % fixture.batchCount)
      let sum = model.learn(batch, pass) { _, logits, gradient in
        model.loss.evaluate(
          logits, targets, scale: 1 / Float(targets.count), gradient: gradient)
      }
      let loss = sum / Double(targets.count)
      let step = AdamStep(learningRate: 1e-3, weightDecay: 0.01, number: number + 1)
      for trainable in trainables { trainable.step(step, engine) }
      return Float(loss)
    }
    let expected = try fixture.floats("trace.losses")
    for (loss, reference) in zip(losses, expected) {
      #expect(abs(loss - reference) < 1e-4, "\(losses) instead of \(expected)")
    }
    let prefix = "trace.final."
    let finals = fixture.expected.names.filter { $0.hasPrefix(prefix) }
    #expect(finals.count == 4)
    for name in finals {
      let parameter = try #require(
        model.parameters.first { $0.name == name.dropFirst(prefix.count) })
      let start = try fixture.folder.checkpoint().tensor(parameter.name).floats()
      let reference = try fixture.floats(name)
      // Of the way that the weights went, not of the weights: ten steps of 0.001 move them little.
      func moved(_ to: some Sequence<Float>) -> [Float] { zip(to, start).map { $0 - $1 } }
      let error = relativeError(moved(parameter.value.elements), moved(reference))
      print("\(name): relative error of the change \(error)")
      #expect(error < 1e-2, "\(name)")
      let worst = zip(parameter.value.elements, reference).map { abs($0 - $1) }.max() ?? .nan
      #expect(worst < 1e-4, "\(name)")
    }
  }
}
