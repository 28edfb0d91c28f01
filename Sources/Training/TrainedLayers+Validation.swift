import Layers
import Methods
import Support

extension TrainedLayers {
  /// - Throws: `InputError` when a model lacks a layer that is named.
  func validate(in model: any LayeredModel) throws {
    let known = MLPLayer.allCases.filter { layer in
      let all = TrainedLayers(layers: [layer])
      return model.linears.contains { all.includes($0.role) }
    }
    guard let missing = layers.first(where: { !known.contains($0) }) else { return }
    throw InputError(
      .mlpLayers,
      "names \(missing.rawValue), which the model lacks, expected \(known.map(\.rawValue).joined(separator: ", "))"
    )
  }
}
