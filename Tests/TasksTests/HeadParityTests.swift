import Compute
import Layers
import Methods
import Models
import Tasks
import Testing
import Weights

/// Logits, loss and every gradient of the heads that tag tokens or give several labels, against PyTorch's.
@Suite(.serialized) struct HeadParityTests {
  static let names = ["bert", "roberta", "distilbert"].flatMap {
    ["\($0)-tokens", "\($0)-multilabel"]
  }

  @Test(arguments: names) func logitsLossAndGradients(name: String) throws {
    let fixture = try TaskFixture(name)
    let head = try HeadConfiguration(fixture.folder.configuration())
    #expect(head.problem == (name.hasSuffix("tokens") ? .tokens : .multiLabel))
    let engine = try Engine()
    let model = try fixture.folder.model(head: head, engine)
    #expect(model.newlyInitialized.isEmpty)
    _ = try model.train(.full, scope: .all, engine)
    let loss = try head.objective.loss
    let (batch, targets) = try fixture.batch(head)
    let expected = try fixture.floats("logits")
    let sum = model.learn(batch, Pass(engine, .training(dropout: nil))) { _, logits, gradient in
      #expect(logits.count == expected.count)
      #expect(relativeError(logits.elements, expected) < 5e-6)
      return loss.evaluate(
        logits, targets, scale: 1 / Float(loss.weight(of: targets)), gradient: gradient)
    }
    #expect(abs(sum / loss.weight(of: targets) - Double(try fixture.floats("loss")[0])) < 2e-6)
    var count = 0
    for parameter in model.parameters {
      let gradient = try fixture.floats("grad.\(parameter.name)")
      let found = try #require(parameter.gradient.map { Array($0.elements) } ?? rows(parameter))
      // A key's bias moves all scores alike: its gradient is rounding.
      if ["key.bias", "k_lin.bias"].contains(where: parameter.name.hasSuffix) { continue }
      #expect(relativeError(found, gradient) < 2e-5, "\(parameter.name)")
      count += 1
    }
    #expect(count > 30)
  }

  private func rows(_ parameter: Parameter) -> [Float]? {
    guard let gradient = parameter.rowGradient else { return nil }
    var all = [Float](repeating: 0, count: parameter.count)
    for row in gradient.rows {
      guard let values = gradient.row(row) else { continue }
      all.replaceSubrange(
        Int(row) * parameter.columns..<(Int(row) + 1) * parameter.columns, with: values)
    }
    return all
  }

  /// What the logits of tokens are does not depend on which others are read.
  @Test func rowsAreIndependent() throws {
    let fixture = try TaskFixture("bert-tokens")
    let head = try HeadConfiguration(fixture.folder.configuration())
    let engine = try Engine()
    let model = try fixture.folder.model(head: head, engine)
    var (batch, _) = try fixture.batch(head)
    guard case .rows(let rows) = batch.queries else {
      Issue.record("tokens are read by their rows")
      return
    }
    let some = Array(model.logits(batch, engine).elements)
    batch.queries = .all
    let all = model.logits(batch, engine)
    for (place, row) in rows.enumerated() {
      let width = all.columns
      let expected = Array(all[row: Int(row)])
      #expect(relativeError(some[place * width..<(place + 1) * width], expected) < 1e-5)
    }
  }
}
