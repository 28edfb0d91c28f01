import Compute
import Layers
import Methods
import Models
import Support
import Weights

/// A model from which a LoRA adapter that was merged into it has been taken.
public struct UnmergedModel {
  /// The model; what `leftOut` names is still the adapter's.
  private let model: any TransformerModel
  /// Parameters above the blocks that the adapter replaced: what they were before is not known.
  public let leftOut: [String]

  /// `config.json`
  public var configuration: ConfigurationFile { model.configuration }

  /// Subtracts what the adapter has added, up to roundings of float32.
  /// - Parameters:
  ///   - merged: a folder that the adapter was merged into.
  ///   - adapter: the LoRA adapter to take out.
  ///   - engine: what computes.
  /// - Throws: `InputError` when the adapter is one of changed elements, replaces something in the blocks, or
  ///   was not merged into this model.
  public init(_ merged: ModelFolder, without adapter: Adapter, _ engine: Engine) throws {
    guard adapter.kind == .lora else {
      throw InputError(
        adapter.url.path,
        "cannot be taken out of \(merged.url.path) exactly: it replaces values that are only in the base. "
          + "Use the base, or make an adapter that goes back to it by `adapter extract`")
    }
    if let base = adapter.base, try Fingerprint(of: merged.checkpoint()) == base {
      throw InputError(
        merged.url.path, "is the base of \(adapter.url.path), expected a model with it merged in")
    }
    model = try merged.model(head: HeadConfiguration(merged.configuration()), engine)
    let lost = Set(adapter.changes.filter { !$1.allSatisfy(\.isAdded) }.keys)
    let above = Set(
      model.linears.filter(\.role.kind.isOfHead)
        .flatMap { [$0.linear.weight, $0.linear.bias].compactMap { $0?.name } })
    if let name = lost.subtracting(above).sorted().first {
      throw InputError(
        adapter.url.path, at: "\"\(name)\"",
        "is replaced by the adapter; what it was before is only in the base")
    }
    try Self.check(model, merged, holdsValuesOf: adapter, engine)
    try adapter.change(model, .remove, except: lost, engine)
    leftOut = lost.sorted()
  }

  /// What an adapter replaces shows whether it was merged. A head that the model does not have says nothing: it
  /// may have been left out when another adapter was removed.
  /// - Throws: `InputError` naming the tensor that is another than the adapter's.
  private static func check(
    _ model: any TransformerModel, _ merged: ModelFolder, holdsValuesOf adapter: Adapter,
    _ engine: Engine
  ) throws {
    let (checkpoint, new) = (try merged.checkpoint(), Set(model.newlyInitialized))
    for parameter in model.parameters where !new.contains(parameter.name) {
      guard let tensor = adapter.replacement(of: parameter.name),
        adapter.changes[parameter.name]?.count == 1
      else { continue }
      let expected = try tensor.floats()
      // A folder of 16 bits holds them rounded.
      let isRounded = (checkpoint[parameter.name]?.info.type ?? .float32) != .float32
      let largest = expected.reduce(Float(0)) { max($0, abs($1)) }
      let tolerance = isRounded ? 0x1p-8 * largest : 0
      guard tensor.info.shape == parameter.shape,
        parameter.withValue(
          engine,
          { value in
            zip(value.elements, expected).allSatisfy { abs($0 - $1) <= tolerance }
          })
      else {
        throw InputError(
          merged.url.path, at: "tensor \"\(parameter.name)\"",
          "is not that of \(adapter.url.path), expected a model with it merged in")
      }
    }
  }

  /// The tensors that are known.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    model.tensors(engine).filter { !leftOut.contains($0.name) }
  }
}
