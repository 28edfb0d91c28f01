import Compute
import Layers
import Methods
import Models
import Testing

/// BERT against PyTorch's values, forward and backward.
@Suite(.serialized) struct BertParityTests {
  @Test(arguments: BertFixture.names)
  func forwardAndLoss(_ name: String) throws {
    let fixture = try BertFixture(name)
    let engine = try Engine()
    let model = try fixture.model(engine)
    for index in 0..<fixture.batchCount {
      let (batch, targets) = try fixture.batch(index)
      engine.activations.scope {
        let logits = model.forward(batch, ForwardPass(engine, .inference))
        let loss =
          model.loss.evaluate(logits, targets, scale: 1, gradient: nil) / Double(targets.count)
        #expect(throws: Never.self) {
          let expected = try fixture.floats("batch.\(index).logits")
          #expect(relativeError(logits.elements, expected) < 1e-5)
          #expect(relativeError([Float(loss)], try fixture.floats("batch.\(index).loss")) < 1e-5)
        }
      }
    }
  }

  @Test(arguments: BertFixture.names, [Precision.float32, .bfloat16])
  func gradients(_ name: String, _ precision: Precision) throws {
    let fixture = try BertFixture(name)
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    _ = try model.train(.full, scope: .all, engine)
    let (batch, targets) = try fixture.batch(0)
    let pass = ForwardPass(engine, .training(dropout: nil))
    engine.activations.scope {
      let logits = model.forward(batch, pass)
      let gradient = engine.activations.matrix(logits.rows, logits.columns, of: Float.self)
      _ = model.loss.evaluate(
        logits, targets, scale: 1 / Float(targets.count), gradient: gradient)
      model.backward(gradient, pass)
    }
    var worst = 0.0
    for parameter in model.parameters {
      let expected = try fixture.floats("grad.\(parameter.name)")
      let actual = try #require(parameter.gradient)
      if parameter.name.hasSuffix("key.bias") {
        // Mathematically zero: softmax does not see a shift of all scores.
        #expect((actual.elements.map(abs).max() ?? 0) < (precision == .float32 ? 1e-5 : 3e-2))
        continue
      }
      let error = relativeError(actual.elements, expected)
      worst = max(worst, error)
      #expect(error < (precision == .float32 ? 1e-4 : 5e-2), "\(parameter.name): \(error)")
    }
    print("\(name), \(precision): worst relative error of a gradient \(worst)")
  }
}
