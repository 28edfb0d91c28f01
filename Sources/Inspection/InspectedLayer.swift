import Layers

/// In which coordinates a gradient is looked at.
public enum GradientSpace: String, CaseIterable, Sendable {
  /// As it is.
  case original = "no rotation"
  /// The hidden axis rotated, with a basis of the layer's own.
  case hidden = "hidden axis, per block"
  /// The intermediate axis rotated, with a basis of the layer's own.
  case intermediate = "intermediate axis, per block"
  /// Both axes rotated, with the basis of all layers of the kind, as in the paper.
  case shared = "both axes, shared"
  /// Both axes rotated, with a basis of the layer's own.
  case perBlock = "both axes, per block"
}

/// What was seen of one layer.
public struct InspectedLayer: Sendable {
  /// The densities at which energy is measured.
  public static let densities = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]

  /// The block's number, from 0.
  public let block: Int
  /// `intermediate`, `output` or `gate`.
  public let kind: String
  /// |dW| of the first batch, as it is and with both axes rotated by the layer's own basis (figure 2 of the paper).
  public internal(set) var gradient: MagnitudeGrid?, rotatedGradient: MagnitudeGrid?
  /// |dY| of the first batch, a token a row (figure 3): as it is computed here, and as it would be if sequences were padded to the
  /// longest one.
  public internal(set) var outputGradient: MagnitudeGrid?, paddedOutputGradient: MagnitudeGrid?
  /// For every batch the share of elements of dY that are not zero: of those that are computed here, and of all that a
  /// batch padded to its longest sequence would have.
  public internal(set) var nonZero: [(computed: Double, padded: Double)] = []
  /// The share of the squared gradient that the largest elements hold, by `densities`, as means
  /// over the first batches.
  public internal(set) var energy: [GradientSpace: [Double]] = [:]
  /// The eigenvalues of Σ G Gᵀ and Σ Gᵀ G, descending.
  public internal(set) var spectra: (output: [Float], input: [Float]) = ([], [])
  /// For every batch the share of the squared gradient that the largest 1 % of elements hold.
  public internal(set) var concentration: [GradientSpace: [Double]] = [:]
  /// The share of the largest 1 % of elements that are among those of the batch before, for batches from the second on.
  public internal(set) var overlaps: [GradientSpace: [Double]] = [:]

  init(_ role: LinearRole) {
    (block, kind) = (role.block, role.kind.rawValue)
  }
}
