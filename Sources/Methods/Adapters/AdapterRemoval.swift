import Checkpoints
import Compute
import Layers
import Models
import Support

/// A model from which a LoRA adapter that was merged into it has been taken.
public struct UnmergedModel {
  /// The model; what `leftOut` names is still the adapter's.
  private let model: any SequenceClassifier
  /// Parameters above the blocks that the adapter replaced: what they were before is not known.
  public let leftOut: [String]

  /// `config.json`
  public var configuration: ConfigurationFile { model.configuration }

  /// Subtracts what the adapter has added, up to roundings of float32.
  /// - Parameter merged: a folder that the adapter was merged into.
  /// - Throws: `InputError` when the adapter is one of changed elements, or replaces something in the blocks.
  public init(_ merged: ModelFolder, without adapter: Adapter, _ engine: Engine) throws {
    guard adapter.kind == .lora else {
      throw InputError(
        adapter.url.path,
        "cannot be taken out of \(merged.url.path) exactly: it replaces values that are only in the base. "
          + "Use the base, or make an adapter that goes back to it by `adapter extract`")
    }
    model = try merged.sequenceClassifier(head: HeadConfiguration(merged.configuration()), engine)
    let lost = Set(adapter.changes.filter { !$1.allSatisfy(\.isAdded) }.keys)
    let above = Set(
      model.linears.filter { $0.role.kind == .pooler || $0.role.kind == .classifier }
        .flatMap { [$0.linear.weight.name, $0.linear.bias.name] })
    if let name = lost.subtracting(above).sorted().first {
      throw InputError(
        adapter.url.path, at: "\"\(name)\"",
        "is replaced by the adapter; what it was before is only in the base")
    }
    try adapter.change(model, .remove, except: lost, engine)
    leftOut = lost.sorted()
  }

  /// The tensors that are known.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    model.tensors(engine).filter { !leftOut.contains($0.name) }
  }
}
