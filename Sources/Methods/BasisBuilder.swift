import Compute
import Foundation
import Layers
import Weights

/// The preliminary phase (section 3.2 of the paper): takes gradients of the MLP weights over some batches and
/// finds the bases by higher-order SVD, from their Gram matrices.
public final class BasisBuilder {
  private let model: any LayeredModel
  private let settings: SparseGradSettings
  private let fingerprint: Fingerprint
  private let engine: Engine
  private var sums: [Basis.Group: GramCollector.Sums] = [:]
  private var collectors: [GramCollector] = []
  private var restore: [() -> Void] = []

  /// Makes the model's MLP layers collect gradients: run forward and backward passes, then call `finish`.
  public init(
    _ model: any LayeredModel, _ settings: SparseGradSettings,
    on layers: TrainedLayers = TrainedLayers(), _ fingerprint: Fingerprint, _ engine: Engine
  ) {
    self.model = model
    self.settings = settings
    self.fingerprint = fingerprint
    self.engine = engine
    for site in model.linears where layers.includes(site.role) {
      let (role, linear) = (site.role, site.linear)
      let group = Basis.Group(
        kind: role.kind, block: settings.sharing == .shared ? nil : role.block)
      let sums = self.sums[group] ?? self.sums(for: role, linear)
      self.sums[group] = sums
      let learner = linear.learner
      let collector = GramCollector(
        linear.weight, sums, by: settings.basisScore ?? .squares, alongside: learner, engine.ledger)
      collectors.append(collector)
      linear.learner = collector
      restore.append { linear.learner = learner }
    }
  }

  private func sums(for role: LinearRole, _ linear: Linear) -> GramCollector.Sums {
    let isRotated = settings.axes.rotated(role.kind)
    return GramCollector.Sums(
      rows: linear.outputSize, columns: linear.inputSize, output: isRotated.output,
      input: isRotated.input, engine.ledger)
  }

  /// Finds the bases from what was collected, and takes the collectors out of the model.
  /// - Throws: `InputError` when LAPACK is missing or the gradients are not finite.
  public func finish() throws -> Basis {
    restore.forEach { $0() }
    collectors.forEach { $0.finish(engine) }
    collectors = []
    let solver = try Eigensolver()
    var groups: [Basis.Group: (output: Basis.Axis, input: Basis.Axis)] = [:]
    for (group, sums) in sums {
      groups[group] = (
        try axis(sums.output, sums.outputEnergy, solver),
        try axis(sums.input, sums.inputEnergy, solver)
      )
    }
    return Basis(
      axes: settings.axes, sharing: settings.sharing,
      samples: sums.values.reduce(0) { $0 + $1.samples }, fingerprint: fingerprint, groups: groups)
  }

  /// The eigenvectors replace the Gram matrix in its own memory.
  private func axis(_ gram: Buffer<Float>?, _ energy: [Double], _ solver: Eigensolver) throws
    -> Basis.Axis
  {
    guard let gram else { return Basis.Axis(energy: energy.map(Float.init), vectors: nil) }
    let size = Int(Double(gram.count).squareRoot())
    let values = try solver.decompose(gram.matrix(rows: size, columns: size), engine.ledger)
    return Basis.Axis(energy: values, vectors: gram)
  }
}

extension SparseGradSettings {
  /// The share of candidates on both sides of a layer's weight of `size` elements.
  package func candidates(_ kind: LinearRole.Kind, size: Int) -> (output: Double, input: Double) {
    let chosen = Double(density.count(of: size)) / Double(max(1, size))
    let hidden =
      selection == .core
      ? min(1, chosen / intermediateCandidates)
      : hiddenCandidates ?? min(1, max(0.0625, 4 * chosen / intermediateCandidates))
    func share(_ axis: LinearAxis) -> Double {
      axis == .intermediate ? intermediateCandidates : hidden
    }
    return (share(kind.outputAxis), share(kind.inputAxis))
  }
}

extension SparseGradSettings.Axes {
  /// Which sides of the weight of a layer of a feed-forward block are rotated.
  package func rotated(_ kind: LinearRole.Kind) -> (output: Bool, input: Bool) {
    (includes(kind.outputAxis), includes(kind.inputAxis))
  }

  private func includes(_ axis: LinearAxis) -> Bool {
    switch axis {
    case .hidden: self == .hidden || self == .both
    case .intermediate: self == .intermediate || self == .both
    case .other: false
    }
  }
}
