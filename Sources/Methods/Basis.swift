import Compute
import Foundation
import Layers
import Support
import Weights

/// The orthogonal bases in which a model's MLP gradients are nearly sparse, found in the preliminary phase.
///
/// File format (safetensors): for every group of layers (`intermediate`, or `intermediate.3` for a basis per
/// block) and axis (`output`, `input`) an `.energy` [n], descending for rotated axes, and for rotated axes
/// `.vectors` [n, n], a vector a row. Metadata: `version` 2, `fingerprint` of the model, `axes`, `sharing`, `samples`,
/// `origin` if it is known, and `digest`, by which damaged files are told from others. Version 1, which did not say so,
/// called the hidden axis `model` and the intermediate axis `hidden`.
public final class Basis {
  /// What the layers of a group share.
  struct Group: Hashable {
    let kind: LinearRole.Kind
    /// Nil when all blocks share.
    let block: Int?

    var name: String { block.map { "\(kind.rawValue).\($0)" } ?? kind.rawValue }
  }

  /// One axis of a group.
  struct Axis {
    /// Squared gradient per coordinate.
    let energy: [Float]
    /// The vectors as rows [n, n], by descending energy; nil when the axis is not rotated.
    let vectors: Buffer<Float>?
  }

  /// Which axes are rotated.
  public let axes: SparseGradSettings.Axes
  /// Which layers share a basis.
  public let sharing: SparseGradSettings.Sharing
  /// The number of gradients it was found from.
  public let samples: Int
  /// Of the model it belongs to.
  public let fingerprint: Fingerprint
  /// A digest of all that decided which basis was found, where that was written down.
  package var origin: String?
  private(set) var groups: [Group: (output: Axis, input: Axis)] = [:]

  init(
    axes: SparseGradSettings.Axes, sharing: SparseGradSettings.Sharing, samples: Int,
    fingerprint: Fingerprint, groups: [Group: (output: Axis, input: Axis)]
  ) {
    self.axes = axes
    self.sharing = sharing
    self.samples = samples
    self.fingerprint = fingerprint
    self.groups = groups
  }

  /// The coordinates in which a layer's gradient is looked at.
  func coordinates(_ role: LinearRole, _ settings: SparseGradSettings, _ ledger: MemoryLedger)
    -> WeightCoordinates?
  {
    groups[Group(kind: role.kind, block: sharing == .shared ? nil : role.block)].map {
      let size = $0.output.energy.count * $0.input.energy.count
      let shares = settings.candidates(role.kind, size: size)
      return WeightCoordinates(
        output: restrict($0.output, shares.output, ledger),
        input: restrict($0.input, shares.input, ledger))
    }
  }

  /// All vectors of both axes of a layer's weight, as rows, and the eigenvalues; nil without a basis, or unless both axes are
  /// rotated.
  package func axes(of role: LinearRole) -> (
    vectors: (output: Matrix<Float>, input: Matrix<Float>),
    eigenvalues: (output: [Float], input: [Float])
  )? {
    let group = Group(kind: role.kind, block: sharing == .shared ? nil : role.block)
    guard let (output, input) = groups[group], let p = output.vectors, let q = input.vectors else {
      return nil
    }
    let (rows, columns) = (output.energy.count, input.energy.count)
    return (
      (p.matrix(rows: rows, columns: rows), q.matrix(rows: columns, columns: columns)),
      (output.energy, input.energy)
    )
  }

  /// The leading vectors of an axis.
  private struct Restriction: Hashable {
    let vectors: ObjectIdentifier
    let count: Int
  }

  /// Layers that share an axis also share its memory.
  private var restricted: [Restriction: Rotation] = [:]

  private func restrict(_ axis: Axis, _ share: Double, _ ledger: MemoryLedger) -> Coordinates {
    let size = axis.energy.count
    let count = Coordinates.count(of: size, share: share)
    if let vectors = axis.vectors {
      let leading = Restriction(vectors: ObjectIdentifier(vectors), count: count)
      let rotation = restricted[leading] ?? Rotation(vectors, rows: count, columns: size, ledger)
      restricted[leading] = rotation
      return .rotated(rotation)
    }
    guard count < size else { return .all(size: size) }
    let best = axis.energy.indices.sorted {
      (axis.energy[$0], $1) > (axis.energy[$1], $0)
    }
    return .subset(.init(best.prefix(count).sorted().map(Int32.init)), size: size)
  }

  // MARK: File

  /// The tensors of the file.
  func tensors() -> [NamedTensor] {
    groups.flatMap { group, axes in
      [("output", axes.output), ("input", axes.input)].flatMap { side, axis in
        let name = "\(group.name).\(side)"
        let size = axis.energy.count
        return [NamedTensor("\(name).energy", shape: [size], axis.energy)]
          + (axis.vectors.map { [NamedTensor("\(name).vectors", shape: [size, size], $0)] } ?? [])
      }
    }
  }

  /// Writes the basis to a file.
  /// - Throws: `InputError` when it cannot be written.
  public func write(to url: URL) throws {
    var metadata = [
      "format": "sparsegrad-basis", "version": Self.version,
      "fingerprint": fingerprint.description,
      "axes": axes.rawValue, "sharing": sharing.rawValue, "samples": String(samples),
    ]
    metadata["origin"] = origin
    metadata[Self.digestKey] = try Self.digest(metadata, Fingerprint(of: tensors()))
    try SafetensorsWriter.write(tensors(), metadata: metadata, to: url)
  }

  private static let version = "2"
  private static let digestKey = "digest"

  /// The rotated axes by the name that a file of some version gives them.
  private static func axes(_ metadata: [String: String]) -> SparseGradSettings.Axes? {
    guard let name = metadata["axes"] else { return nil }
    return metadata["version"] == version ? .init(rawValue: name) : .init(nameOfVersion1: name)
  }

  /// A digest of everything in a file but the digest.
  private static func digest(_ metadata: [String: String], _ tensors: Fingerprint) throws -> String
  {
    let hash = try SHA256()
    let lines = metadata.filter { $0.key != digestKey }.map { "\($0.key)=\($0.value)" }.sorted()
    try hash.update((lines + [tensors.description]).joined(separator: "\n"))
    return try hash.finish()
  }

  /// Reads a basis.
  /// - Throws: `InputError` when the file is not one or is spoilt, or belongs to another model than `fingerprint`.
  public convenience init(contentsOf url: URL, for fingerprint: Fingerprint, _ engine: Engine)
    throws
  {
    let metadata = try SafetensorsFile(url).metadata
    guard metadata["format"] == "sparsegrad-basis",
      [nil, Self.version].contains(metadata["version"]), let axes = Self.axes(metadata),
      let sharing = metadata["sharing"].flatMap(SparseGradSettings.Sharing.init),
      let samples = metadata["samples"].flatMap(Int.init), samples >= 0
    else {
      throw InputError(url.path, "is not a basis, expected a file that `sparsegrad basis` wrote")
    }
    guard metadata["fingerprint"] == fingerprint.description else {
      throw InputError(
        url.path,
        "belongs to another model (fingerprint \(metadata["fingerprint"] ?? "missing")), "
          + "expected \(fingerprint)")
    }
    let checkpoint = try Checkpoint(file: url)
    // Files of older versions have no digest.
    if let digest = metadata[Self.digestKey] {
      guard try digest == Self.digest(metadata, Fingerprint(of: checkpoint)) else {
        throw InputError(url.path, "is damaged: its content does not match its digest")
      }
    }
    func axis(_ name: String, isRotated: Bool) throws -> Axis {
      let energy = try checkpoint.tensor("\(name).energy").finiteFloats()
      guard isRotated else { return Axis(energy: energy, vectors: nil) }
      let vectors = try checkpoint.tensor("\(name).vectors", shape: [energy.count, energy.count])
      let buffer = Buffer<Float>(count: vectors.info.count, .basis, engine.ledger)
      try vectors.copyFinite(to: buffer.elements)
      guard buffer.matrix(rows: energy.count, columns: energy.count).isOrthogonal else {
        throw vectors.error("its rows are no orthonormal vectors")
      }
      return Axis(energy: energy, vectors: buffer)
    }
    var groups: [Group: (output: Axis, input: Axis)] = [:]
    for name in checkpoint.names where name.hasSuffix(".output.energy") {
      let group = name.dropLast(".output.energy".count)
      let parts = group.split(separator: ".")
      guard let kind = parts.first.flatMap({ LinearRole.Kind(rawValue: String($0)) }) else {
        throw InputError(url.path, at: "tensor \"\(name)\"", "expected a kind of linear layer")
      }
      let block = parts.count > 1 ? Int(parts[1]) : nil
      guard parts.count == 1 || (parts.count == 2 && block != nil) else {
        throw InputError(url.path, at: "tensor \"\(name)\"", "expected the number of a block")
      }
      let key = Group(kind: kind, block: block)
      let isRotated = axes.rotated(kind)
      groups[key] = (
        try axis("\(group).output", isRotated: isRotated.output),
        try axis("\(group).input", isRotated: isRotated.input)
      )
    }
    self.init(
      axes: axes, sharing: sharing, samples: samples, fingerprint: fingerprint, groups: groups)
    origin = metadata["origin"]
  }
}

extension Matrix<Float> {
  /// Whether the rows are orthonormal, up to roundings: V Vᵀ x = x for some x of random signs, which costs far less
  /// than V Vᵀ.
  fileprivate var isOrthogonal: Bool {
    var random = RandomStream(seed: 0, purpose: .initialization, index: rows)
    for _ in 0..<4 {
      let x = (0..<rows).map { _ in Bool.random(using: &random) ? 1.0 : -1.0 }
      var product = [Double](repeating: 0, count: columns)
      for row in 0..<rows {
        for (column, element) in self[row: row].enumerated() {
          product[column] += x[row] * Double(element)
        }
      }
      for row in 0..<rows {
        let sum = zip(self[row: row], product).reduce(0) { $0 + Double($1.0) * $1.1 }
        // Roundings of float32 stay far below; a vector that is not of length 1, or leans on another, does not.
        guard abs(sum - x[row]) < 0.01 else { return false }
      }
    }
    return true
  }
}
