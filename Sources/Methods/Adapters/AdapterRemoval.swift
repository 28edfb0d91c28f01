import Checkpoints
import Compute
import Layers
import Models
import Support

/// A model from which an adapter that was merged into it has been taken.
public struct UnmergedModel {
  /// The model; what `leftOut` names is still the adapter's.
  private let model: any SequenceClassifier
  /// Parameters above the blocks that the adapter replaced: what they were before is not known.
  public let leftOut: [String]
  /// Whether it is the base again, bit for bit; nil when the adapter does not say which that is.
  public let isExact: Bool?

  /// `config.json`
  public var configuration: ConfigurationFile { model.configuration }

  /// Subtracts what the adapter has added.
  /// - Parameter merged: a folder that an adapter was merged into.
  /// - Throws: `InputError` when the adapter replaces something in the blocks, or if it is one of changed elements
  ///   and what remains is not exactly its base.
  public init(_ merged: ModelFolder, without adapter: Adapter, _ engine: Engine) throws {
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
    isExact = try adapter.base.map { [model] base in
      try Fingerprint(of: model.tensors(engine).filter { !lost.contains($0.name) }) == base
    }
    if adapter.kind == .sparseGrad, isExact != true {
      throw InputError(
        adapter.url.path,
        "cannot be taken out of \(merged.url.path) exactly: float32 sums are rounded. Use the base, or make "
          + "an adapter that goes back from the merged model to the base by `adapter extract`")
    }
  }

  /// The tensors that are known.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    model.tensors(engine).filter { !leftOut.contains($0.name) }
  }
}
