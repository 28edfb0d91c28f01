import Compute
import Layers
import Methods
import Models
import Testing

/// BERT, RoBERTa and DistilBERT against PyTorch's values, forward and backward.
///
/// How much may differ: every product rounds both operands, with a relative error of up to u each. What a value
/// inherits from n products in a row has independent signs, so it grows like u √n; a factor of 3 allows for
/// values that are small differences of large ones (normalised rows, logits). A block is a row of four
/// products (value, attention output, intermediate, output), the head's layers are two more, and a
/// gradient passes all of them twice. In bfloat16 u = 2⁻⁹, which makes 2 to 3 % for these gradients. In
/// float32 u = 2⁻²⁴ would be all for single products; sums, exponentials and square roots round too, at
/// about as many places as a row has columns, hence √(n · columns).
@Suite(.serialized) struct ClassifierParityTests {
  /// What is compared.
  private enum Quantity {
    case logits, gradient
  }

  private func allowed(
    _ quantity: Quantity, _ precision: Precision, _ model: any TransformerModel
  )
    -> Double
  {
    let blocks = model.linears.count { $0.role.kind == .query }
    let columns = model.linears.map(\.linear.inputSize).max() ?? 1
    let products = Double(4 * blocks + 2) * (quantity == .gradient ? 2 : 1)
    switch precision {
    case .float32: return 3 * 0x1p-24 * (products * Double(columns)).squareRoot()
    case .bfloat16: return 3 * 0x1p-9 * products.squareRoot()
    }
  }

  @Test(arguments: ModelFixture.names, Precision.allCases)
  func forwardAndLoss(_ name: String, _ precision: Precision) throws {
    let fixture = try ModelFixture(name)
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    let bound = allowed(.logits, precision, model)
    for index in 0..<fixture.batchCount {
      let (batch, targets) = try fixture.batch(index)
      let logits = model.logits(batch, engine)
      let expected = try fixture.floats("batch.\(index).logits")
      let error = relativeError(logits.elements, expected)
      print("\(name), \(precision), batch \(index): error of the logits \(error) of \(bound)")
      #expect(error < bound)
      // Of a loss near zero no digits are left: a logit's error counts in its own unit.
      let loss = model.loss.evaluate(logits, targets, scale: 1, gradient: nil)
      let mean = Float(loss / Double(targets.count))
      let size = Double(expected.map(abs).max() ?? 1)
      let reference = try fixture.floats("batch.\(index).loss")[0]
      let slope = slope(model.loss, at: size)
      #expect(abs(Double(mean - reference)) < bound * slope * size)
    }
  }

  @Test(arguments: ModelFixture.names, Precision.allCases)
  func gradients(_ name: String, _ precision: Precision) throws {
    let fixture = try ModelFixture(name)
    let engine = try Engine(precision: precision)
    let model = try fixture.model(engine)
    _ = try model.train(.full, scope: .all, engine)
    let (batch, targets) = try fixture.batch(0)
    model.pass(batch, targets, engine)
    let bound = allowed(.gradient, precision, model)
    var worst = 0.0
    for parameter in model.parameters {
      let expected = try fixture.floats("grad.\(parameter.name)")
      let actual = try #require(parameter.wholeGradient)
      let error: Double
      if parameter.name.hasSuffix("key.bias") || parameter.name.hasSuffix("k_lin.bias") {
        // Mathematically zero: softmax does not see a shift of all scores. What is left of the sum is
        // compared with the query's.
        let query = parameter.name.replacing("key.bias", with: "query.bias")
          .replacing("k_lin.bias", with: "q_lin.bias")
        let scale = try fixture.floats("grad.\(query)")
        error = norm(actual) / norm(scale)
      } else {
        error = relativeError(actual, expected)
      }
      worst = max(worst, error)
      #expect(error < bound, "\(parameter.name)")
    }
    print("\(name), \(precision): worst relative error of a gradient \(worst) of \(bound)")
  }

  private func norm(_ x: some Sequence<Float>) -> Double {
    x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}

/// The most that a loss changes when its logits, at most `size`, change by 1.
private func slope(_ loss: any LossFunction, at size: Double) -> Double {
  loss is MeanSquaredError ? 2 * (size + 5) : 2
}
