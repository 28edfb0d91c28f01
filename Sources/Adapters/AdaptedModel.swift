import Compute
import Layers
import Methods
import Models
import Support
import Weights

extension ModelFolder {
  /// Loads the folder's model and makes the changes of adapters, one after the other. What two adapters add is
  /// added up; of a parameter that both replace (such as the head), the last one's values remain.
  /// - Parameters:
  ///   - adapters: each belongs to the folder's model, or to what the ones before it have made of that.
  ///   - engine: what computes.
  /// - Throws: `InputError` when an adapter does not, or nothing of all this has a classification head.
  public func model(adapters: [Adapter], _ engine: Engine) throws
    -> any TransformerModel
  {
    let head = try head(adapters)
    let projection = try modelType().projectionName(head.kind)
    let bringsHead = adapters.contains { $0.replacement(of: projection) != nil }
    let weights = bringsHead ? try headWeights(for: head) : .kept
    let model = try self.model(head: head, weights: weights, engine)
    try checkBases(adapters, engine)
    var given: Set<String> = []
    for (index, adapter) in adapters.enumerated() {
      let later = adapters[(index + 1)...].reduce(into: Set()) { $0.formUnion($1.replaced) }
      try adapter.change(model, .apply, except: later, engine)
      given.formUnion(adapter.replaced)
    }
    guard let missing = model.newlyInitialized.first(where: { !given.contains($0) }) else {
      return model
    }
    guard adapters.isEmpty || weights == .kept else {
      throw InputError(
        url.path, at: "tensor \"\(missing)\"",
        "is for other labels than the adapters', and none of them has it")
    }
    throw InputError(
      url.path, at: "tensor \"\(missing)\"",
      adapters.isEmpty ? "is missing" : "is missing, and no adapter has it")
  }

  /// Loads the folder's language model and makes the changes of adapters, one after the other.
  /// - Throws: `InputError` when an adapter does not belong to it.
  public func model(languageModelWith adapters: [Adapter], _ engine: Engine) throws
    -> any TransformerModel
  {
    let model = try self.model(head: .languageModel, engine)
    try checkBases(adapters, engine)
    for adapter in adapters { try adapter.change(model, .apply, except: [], engine) }
    return model
  }

  /// What the model with these adapters tells apart.
  /// - Throws: `InputError` when neither the folder nor an adapter has a head, or one that has no labels.
  private func head(_ adapters: [Adapter]) throws -> HeadConfiguration {
    let own = try? HeadConfiguration(configuration())
    for adapter in adapters.reversed() {
      if let head = adapter.about.head { return head }
      let kind = adapter.headKind ?? own?.kind ?? .sequence
      let projection = try modelType().projectionName(kind)
      guard let tensor = adapter.replacement(of: projection), let rows = tensor.info.shape.first
      else { continue }
      guard tensor.info.count > 0 else {
        throw tensor.error("has shape \(tensor.info.shape), expected a row for each label")
      }
      if let own, own.labelCount == rows, own.kind == kind { return own }
      let names = HeadConfiguration.unnamedLabels(rows)
      if kind == .token { return HeadConfiguration(.tokens, labels: names) }
      return rows == 1 ? .regression : .classification(labels: names)
    }
    if own?.kind == .vocabulary { return .languageModel }
    let projection = try modelType().projectionName(own?.kind ?? .sequence)
    guard try headSize(own?.kind ?? .sequence) != nil else {
      throw InputError(
        url.path, "has no classification head, and no adapter has one (\"\(projection)\")")
    }
    return try HeadConfiguration(configuration())
  }

  /// The folder's own head if it has as many labels, else a new one.
  func headWeights(for head: HeadConfiguration) throws -> HeadWeights {
    let size = try headSize(head.kind)
    return head.kind == .vocabulary || size == head.labelCount ? .kept : .new
  }

  private func checkBases(_ adapters: [Adapter], _ engine: Engine) throws {
    guard adapters.contains(where: { $0.base != nil }) else { return }
    let own = try Fingerprint(of: checkpoint())
    for (index, adapter) in adapters.enumerated() {
      guard let expected = adapter.base, expected != own else { continue }
      if index > 0 {
        let before = try self.model(adapters: Array(adapters[..<index]), engine)
        if try Fingerprint(of: before.tensors(engine)) == expected { continue }
      }
      throw InputError(
        adapter.url.path,
        "belongs to another model (fingerprint \(expected)), expected one for \(url.path) (\(own))"
      )
    }
  }
}
