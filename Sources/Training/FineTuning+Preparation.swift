import Adapters
import Compute
import Datasets
import Inference
import Methods
import Models
import Support
import Tasks
import Weights

extension FineTuning {
  func prepare(
    _ adapter: Adapter?, _ watch: (TrainingEvent) throws -> TrainingDisposition
  ) throws -> PreparedRun {
    let source = try ModelFolder(model)
    try source.checkTokenizerLinks()
    try checkSaving(adapter)
    let choice = try HeadChoice(for: training, task.kind, in: source, with: adapter)
    let engine = try Engine(precision: settings.trainedPrecision(of: self.model), threads: threads)
    let model = try source.model(
      head: choice.head, weights: choice.weights, dropout: settings.dropout, seed: settings.seed,
      engine)
    let baseFingerprint = try Fingerprint(of: source.checkpoint())
    var fingerprint = baseFingerprint
    if let adapter {
      if let base = adapter.base, base != baseFingerprint {
        throw InputError(
          adapter.url.path,
          "belongs to another model (fingerprint \(base)), expected one for \(source.url.path)")
      }
      try adapter.prepare(
        model, continuesFactors: adapter.continued(settings.method) != nil,
        keepsHead: choice.weights == .kept, engine)
      fingerprint = try Fingerprint(of: model.tensors(engine))
      _ = try watch(.notice("goes on from the adapter \(adapter.url.path) (\(adapter.summary))"))
    }
    let objective = try task.kind.objective(choice.head, training: training, loss: settings.loss)
    for notice in labelNotices(choice) { _ = try watch(.notice(notice)) }
    if let notice = objective.lossNotice { _ = try watch(.notice(notice)) }
    let replaced = choice.weights == .kept ? adapter?.replaced ?? [] : []
    let new = model.newlyInitialized.filter { !replaced.contains($0) }
    if start != .resuming, !new.isEmpty {
      _ = try watch(.notice("newly initialised: \(new.joined(separator: ", "))"))
    }
    if start != .resuming, !model.ofOtherHeads.isEmpty {
      _ = try watch(
        .notice(
          "left out, of a head for something else: \(model.ofOtherHeads.joined(separator: ", "))"))
    }
    let encoder = try TextEncoder(source, maximumLength: settings.maximumLength)
    func encode(_ data: Dataset, tagged tokens: TaggedTokens, _ packing: Packing) throws
      -> EncodedDataset
    {
      try encoder.encode(
        data, objective, tagged: tokens, learning: settings.data.learntTurns, packing: packing
      ) { _ = try watch(.notice($0)) }
    }
    return PreparedRun(
      source: source, baseFingerprint: baseFingerprint, fingerprint: fingerprint,
      adapter: adapter, choice: choice,
      engine: engine, model: model, objective: objective,
      training: try encode(training, tagged: settings.data.taggedTokens, settings.data.packing),
      validation: try validation.map { try encode($0, tagged: .first, .none) })
  }

  /// - Throws: `InputError` when the result cannot be written as an adapter of the base.
  private func checkSaving(_ adapter: Adapter?) throws {
    guard let adapter, settings.save != .model, case .lora = settings.method,
      try adapter.continued(settings.method) == nil
    else { return }
    throw InputError(
      adapter.url.path,
      "is no LoRA adapter: factors beside its changes cannot be written as an adapter of the base, expected \(Setting.save) model"
    )
  }

  /// What a user should know of the labels.
  private func labelNotices(_ choice: HeadChoice) -> [String] {
    guard task.kind.hasLabels else { return [] }
    let names = choice.head.labels
    let isFew = names.count <= 10
    var notices = ["\(names.count) labels\(isFew ? ": " + names.joined(separator: ", ") : "")"]
    if let notice = choice.notice { notices.append(notice) }
    if let labels = training.labels {
      for alike in labels.alikeButForCase {
        let list = alike.map { "\"\($0)\"" }.joined(separator: ", ")
        notices.append(
          "\(list) differ only in upper and lower case: they are \(alike.count) labels")
      }
      if task.kind == .classification, labels.areMeasurements, case .files = task {
        notices.append("the labels are numbers: \(Setting.task) regression predicts numbers")
      }
    }
    return notices
  }
}
