import Foundation
import Layers
import Models
import Support
import Testing
import Weights

@testable import Compute
@testable import Methods

/// In the right bases a gradient's energy sits in few elements. No other test sees an input basis that is used
/// transposed: any orthogonal matrices leave forward pass and input gradient exact.
@Suite(.serialized) struct ConcentrationTests {
  /// Gradients G = A diag(a) R diag(b) Bᵀ with random R, fixed orthogonal A and B, and falling a and b.
  @Test func gradientsOfCommonAxes() throws {
    let engine = try Engine()
    let (rows, columns) = (96, 64)
    let a = DoubleMatrix.orthogonal(rows, seed: 1), b = DoubleMatrix.orthogonal(columns, seed: 2)
    func sample(_ seed: UInt64) -> Matrix<Float> {
      var core = DoubleMatrix(rows, columns, normals(rows * columns, seed: seed).map(Double.init))
      for r in 0..<rows {
        for c in 0..<columns { core[r, c] *= exp(-Double(r) / 6 - Double(c) / 4) }
      }
      let exact = a * core * b.transposed
      let matrix = engine.activations.matrix(rows, columns, of: Float.self)
      _ = matrix.elements.update(from: exact.values.map(Float.init))
      return matrix
    }
    let sums = GramCollector.Sums(
      rows: rows, columns: columns, output: true, input: true, engine.ledger)
    for seed in 1...40 as ClosedRange<UInt64> { sums.add(sample(seed), engine) }
    let output = try #require(sums.output).matrix(rows: rows, columns: rows)
    let input = try #require(sums.input).matrix(rows: columns, columns: columns)
    _ = try Eigensolver().decompose(output, engine.ledger)
    _ = try Eigensolver().decompose(input, engine.ledger)
    let unseen = engine.concentrations(sample(99), output: output, input: input)
    print("synthetic gradient, energy of the top 1 %: \(unseen)")
    #expect(unseen.rotated > 0.8)
    #expect(unseen.rotated > unseen.transposed + 0.1)
    #expect(unseen.transposed > unseen.plain + 0.1)
  }

  static let miniLM = fixtures.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent(".deps/models/minilm")

  /// A real BERT on real sentences: gradients of batches that the basis has not seen.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: miniLM.path),
      "MiniLM is not in .deps (Scripts/setup.sh)"))
  func realGradients() throws {
    let engine = try Engine()
    let model = try ModelFolder(Self.miniLM).model(
      head: .classification(labels: ["negative", "positive"]), engine)
    let batches = try Sentences(vocabulary: Self.miniLM.appendingPathComponent("vocab.txt"))
      .batches(of: 8)
    let known = batches.dropLast(2), unseen = batches.suffix(2)

    let builder = BasisBuilder(
      model, SparseGradSettings.paper, try Fingerprint(of: model.tensors(engine)), engine)
    for (batch, targets) in known { model.pass(batch, targets, engine) }
    let basis = try builder.finish()

    _ = try model.train(.full, scope: .mlp, engine)
    var results: [LinearRole.Kind: [(plain: Double, rotated: Double, transposed: Double)]] = [:]
    for (batch, targets) in unseen {
      for (role, gradient) in model.gradients(batch, targets, engine) {
        let axes = try #require(basis.groups[.init(kind: role.kind, block: nil)])
        let output = try #require(axes.output.vectors)
          .matrix(rows: gradient.rows, columns: gradient.rows)
        let input = try #require(axes.input.vectors)
          .matrix(rows: gradient.columns, columns: gradient.columns)
        results[role.kind, default: []].append(
          engine.concentrations(gradient, output: output, input: input))
      }
    }
    #expect(results.count == 2)
    for (kind, all) in results {
      func mean(_ value: (_: (plain: Double, rotated: Double, transposed: Double)) -> Double)
        -> Double
      {
        all.reduce(0) { $0 + value($1) } / Double(all.count)
      }
      let (plain, rotated) = (mean(\.plain), mean(\.rotated))
      let transposed = mean(\.transposed)
      print("MiniLM, \(kind): top 1 % hold \(plain); rotated \(rotated); transposed \(transposed)")
      #expect(rotated > plain, "\(kind)")
      #expect(rotated > transposed, "\(kind)")
    }
  }
}
