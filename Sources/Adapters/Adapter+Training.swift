import Compute
import Layers
import Methods
import Models
import Support
import Weights

/// Training that goes on from an adapter.
extension Adapter {
  /// What the head that comes with the adapter tells apart, where that was written down.
  package var head: HeadConfiguration? { about.head }

  /// The method with the settings of the adapter, if training it goes on with its own factors: of LoRA by LoRA.
  /// - Throws: `InputError` when the adapter has settings that training does not have.
  package func continued(_ method: TrainingMethod) throws -> TrainingMethod? {
    guard let targets, case .lora(let wanted) = method else { return nil }
    return .lora(try targets.settings(dropout: wanted.loraDropout))
  }

  /// Makes the model the one that training goes on from: with all changes of the adapter or, where its own factors train
  /// on, with all but what they add.
  /// - Parameter keepsHead: whether the head is the adapter's; a new one stays as it was drawn.
  /// - Throws: `InputError` when the adapter does not belong to this model.
  package func prepare(
    _ model: any TransformerModel, continuesFactors: Bool, keepsHead: Bool, _ engine: Engine
  ) throws {
    let head = Set(
      model.linears.filter(\.role.kind.isOfHead)
        .flatMap { [$0.linear.weight, $0.linear.bias].compactMap { $0?.name } })
    try change(
      model, .apply, except: keepsHead ? [] : head, leavingOutAdditions: continuesFactors, engine)
  }

  /// Gives LoRA's factors the adapter's values.
  /// - Throws: `InputError` naming a layer that has factors on one side only, or of another rank.
  package func copyFactors(to trained: TrainedParameters, _ engine: Engine) throws {
    var added = Set(changes.filter { $1.contains(where: \.isAdded) }.keys)
    for (site, lora) in trained.additions {
      let name = site.linear.weight.name
      added.remove(name)
      for case .lowRank(let down, let up, _) in changes[name] ?? [] {
        for (factor, tensor) in [(lora.down, down), (lora.up, up)] {
          guard tensor.info.shape == factor.shape else {
            throw tensor.error("has shape \(tensor.info.shape), expected \(factor.shape)")
          }
          try factor.setValue(engine) { try tensor.copyFinite(to: $0.elements) }
          factor.valueChanged()
        }
      }
    }
    if let name = added.sorted().first {
      throw InputError(url.path, at: "\"\(name)\"", "has factors, but the method trains none there")
    }
  }
}
