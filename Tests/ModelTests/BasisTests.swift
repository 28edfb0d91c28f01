import Foundation
import Layers
import Support
import TestFiles
import Testing
import Weights

@testable import Compute
@testable import Methods
@testable import Models

/// The preliminary phase and its file.
@Suite(.serialized) struct BasisTests {
  private func builtBasis(_ settings: SparseGradSettings, _ engine: Engine) throws -> (
    basis: Basis, samples: [(role: LinearRole, gradient: DoubleMatrix)]
  ) {
    let fixture = try ModelFixture("bert/pairs")
    let model = try fixture.model(engine)
    _ = try model.train(.full, scope: .mlp, engine)
    var samples: [(role: LinearRole, gradient: DoubleMatrix)] = []
    for index in 0..<fixture.batchCount {
      let (batch, targets) = try fixture.batch(index)
      samples += model.gradients(batch, targets, engine).map { ($0, DoubleMatrix($1)) }
    }
    let learners = model.linears.map { $0.linear.learner.map(ObjectIdentifier.init) }
    let builder = BasisBuilder(model, settings, try Fingerprint(of: model.tensors(engine)), engine)
    for index in 0..<fixture.batchCount {
      let (batch, targets) = try fixture.batch(index)
      // The learners that were there go on learning.
      let gradients = model.gradients(batch, targets, engine)
      for (sample, gradient) in zip(samples.dropFirst(index * gradients.count), gradients) {
        #expect(sample.gradient.distance(to: gradient.gradient) == 0)
      }
    }
    let basis = try builder.finish()
    #expect(model.linears.map { $0.linear.learner.map(ObjectIdentifier.init) } == learners)
    return (basis, samples)
  }

  /// Rows of the basis are the left singular vectors of the stacked gradients: orthonormal, and the stack's Gram
  /// matrix is diagonal in them, with falling squared singular values.
  @Test(arguments: SparseGradSettings.Axes.allCases, SparseGradSettings.Sharing.allCases)
  func singularVectors(_ axes: SparseGradSettings.Axes, _ sharing: SparseGradSettings.Sharing)
    throws
  {
    for score in SparseGradSettings.GradientScore.allCases {
      try singularVectors(axes, sharing, score)
    }
  }

  /// - Parameter score: `mean` stacks each layer's summed gradients instead.
  private func singularVectors(
    _ axes: SparseGradSettings.Axes, _ sharing: SparseGradSettings.Sharing,
    _ score: SparseGradSettings.GradientScore
  ) throws {
    let engine = try Engine()
    var settings = SparseGradSettings.paper
    (settings.axes, settings.sharing, settings.basisScore) = (axes, sharing, score)
    let (basis, samples) = try builtBasis(settings, engine)
    #expect(basis.samples == samples.count)
    #expect(basis.groups.count == (sharing == .shared ? 2 : 6))
    for (group, found) in basis.groups {
      let ofGroup = samples.filter {
        $0.role.kind == group.kind && [nil, $0.role.block].contains(group.block)
      }
      let first = try #require(ofGroup.first?.gradient)
      let zero = DoubleMatrix(first.rows, first.columns)
      let stack =
        switch score {
        case .squares: ofGroup.map(\.gradient)
        case .mean:
          Dictionary(grouping: ofGroup, by: \.role.block).values
            .map { $0.reduce(zero) { $0 + $1.gradient } }
        }
      let isIntermediate = group.kind == .intermediate
      let hidden = [.hidden, .both].contains(axes)
      let intermediate = [.intermediate, .both].contains(axes)
      try check(
        found.output, isIntermediate ? intermediate : hidden,
        stack.reduce(DoubleMatrix(first.rows, first.rows)) { $0 + $1 * $1.transposed })
      try check(
        found.input, isIntermediate ? hidden : intermediate,
        stack.reduce(DoubleMatrix(first.columns, first.columns)) { $0 + $1.transposed * $1 })
    }
  }

  private func check(_ axis: Basis.Axis, _ rotated: Bool, _ gram: DoubleMatrix) throws {
    let n = gram.rows
    #expect((axis.vectors != nil) == rotated)
    let energy = axis.energy.map(Double.init)
    var vectors = DoubleMatrix.identity(n)
    if let buffer = axis.vectors { vectors = DoubleMatrix(buffer.matrix(rows: n, columns: n)) }
    let products = vectors * vectors.transposed
    let diagonal = vectors * gram * vectors.transposed
    let scale = try #require(energy.max())
    #expect(scale > 0)
    for r in 0..<n {
      #expect(abs(diagonal[r, r] - energy[r]) < 1e-5 * scale)
      guard rotated else { continue }
      #expect(r == 0 || energy[r - 1] >= energy[r])
      for c in 0..<n {
        #expect(abs(products[r, c] - (r == c ? 1 : 0)) < 1e-5)
        #expect(r == c || abs(diagonal[r, c]) < 1e-5 * scale)
      }
    }
  }

  /// Candidates can be chosen more than once from the same basis.
  @Test func candidates() throws {
    let engine = try Engine()
    let (basis, _) = try builtBasis(SparseGradSettings.paper, engine)
    for share in [1, 0.5, 0.25, 1] {
      var settings = SparseGradSettings.paper
      (settings.hiddenCandidates, settings.intermediateCandidates) = (share, share)
      let found = try #require(
        basis.coordinates(LinearRole(.intermediate, block: 2), settings, engine.ledger))
      #expect(found.output.count == Int((50 * share).rounded()))
      #expect(found.input.count == Int((30 * share).rounded()))
      #expect((found.output.size, found.input.size) == (50, 30))
    }
  }

  // MARK: File

  @Test(arguments: SparseGradSettings.Axes.allCases, SparseGradSettings.Sharing.allCases)
  func roundTrip(_ axes: SparseGradSettings.Axes, _ sharing: SparseGradSettings.Sharing) throws {
    let engine = try Engine()
    var settings = SparseGradSettings.paper
    (settings.axes, settings.sharing) = (axes, sharing)
    let (basis, _) = try builtBasis(settings, engine)
    let folder = try TemporaryFolder()
    let file = folder("basis.safetensors")
    try basis.write(to: file)
    let read = try Basis(contentsOf: file, for: basis.fingerprint, engine)
    #expect((read.axes, read.sharing, read.samples) == (axes, sharing, basis.samples))
    #expect(read.fingerprint == basis.fingerprint)
    #expect(Set(read.groups.keys) == Set(basis.groups.keys))
    for (group, axes) in basis.groups {
      let other = try #require(read.groups[group])
      for (a, b) in [(axes.output, other.output), (axes.input, other.input)] {
        #expect(a.energy == b.energy)
        #expect(a.vectors.map { Array($0.elements) } == b.vectors.map { Array($0.elements) })
      }
    }

    let error = #expect(throws: InputError.self) {
      try Basis(contentsOf: file, for: Fingerprint(hexadecimal: "abc"), engine)
    }
    #expect(error?.source == file.path)
    #expect(error?.problem.contains("another model") == true)
  }

  @Test func otherFiles() throws {
    let engine = try Engine()
    let folder = fixtures.appendingPathComponent("bert/pairs")
    let error = #expect(throws: InputError.self) {
      try Basis(
        contentsOf: folder.appendingPathComponent("model.safetensors"),
        for: Fingerprint(hexadecimal: "abc"), engine)
    }
    #expect(error?.problem.contains("not a basis") == true)
    #expect(throws: InputError.self) {
      try Basis(
        contentsOf: URL(fileURLWithPath: "/nowhere/basis.safetensors"),
        for: Fingerprint(hexadecimal: "abc"), engine)
    }
  }

  @Test func modelsNeedABasis() throws {
    let engine = try Engine()
    let fixture = try ModelFixture("bert/pairs")
    let model = try fixture.model(engine)
    let method = TrainingMethod.sparseGrad(SparseGradSettings.paper)
    #expect(throws: InputError.self) { try model.train(method, scope: .all, engine) }

    let (basis, _) = try builtBasis(SparseGradSettings.paper, engine)
    let other = try ModelFixture("bert/classification").model(engine)
    #expect(throws: InputError.self) {
      try other.train(method, scope: .all, basis: basis, engine)
    }
  }
}
