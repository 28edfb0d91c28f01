import Checkpoints
import Compute
import Foundation
import Methods
import Models
import Support

/// The output folder of a run: checkpoints while it goes on, the model and its figures at the end.
///
///     checkpoint-<step>/   a Hugging Face folder, with training_state.safetensors and .json beside
///     preliminary-basis.safetensors   what the preliminary phase found, until the run ends
///     log.jsonl            a line per logged step and evaluation
///     metrics.json         the figures of a finished run
///     training_state.json  what that run was given: settings, digests of model and data
///     overwritten.json     the same of one whose result is still there while another run replaces it
///     adapter/             the adapter, if one is saved
package struct RunFolder {
  static let stateName = "training_state"
  private static let checkpointPrefix = "checkpoint-"
  private static let (basisName, adapterName) = ("preliminary-basis.safetensors", "adapter")
  private static let overwrittenName = "overwritten.json"
  let url: URL
  private let lock: FileLock

  init(_ url: URL) throws {
    self.url = url
    try AtomicOutput.makeFolder(at: url)
    // Two runs that write the same folder would mix their files.
    guard let lock = FileLock.ifFree(folder: url) else {
      throw InputError(url.path, "is being written by another run")
    }
    self.lock = lock
    AtomicOutput.removeLeftovers(in: url)
  }

  var basis: URL { url.appendingPathComponent(Self.basisName) }
  var log: URL { url.appendingPathComponent("log.jsonl") }
  var metrics: URL { url.appendingPathComponent("metrics.json") }
  private var overwritten: URL { url.appendingPathComponent(Self.overwrittenName) }

  var adapter: URL { url.appendingPathComponent(Self.adapterName) }

  func checkpoint(_ step: Int) -> URL {
    url.appendingPathComponent("\(Self.checkpointPrefix)\(step)")
  }

  /// The steps of the checkpoints that are there, ascending. A checkpoint is renamed into place when it is
  /// complete, so each is whole.
  func checkpoints() -> [Int] { Self.checkpoints(in: url) }

  private static func checkpoints(in url: URL) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.compactMap { name in
      name.hasPrefix(checkpointPrefix) ? Int(name.dropFirst(checkpointPrefix.count)) : nil
    }.filter { step in
      // Other tools name their folders like this, too.
      let state = url.appendingPathComponent("\(checkpointPrefix)\(step)/\(stateName).safetensors")
      return FileManager.default.fileExists(atPath: state.path)
    }.sorted()
  }

  /// Writes a checkpoint, then removes those that are neither it nor the best.
  func save(
    _ state: RunState, _ model: any SequenceClassifier, _ trainables: [any Trainable],
    tokenizer: ModelFolder, _ engine: Engine
  ) throws {
    let target = checkpoint(state.step)
    try AtomicOutput.folder(at: target) { folder in
      try ModelFolder.write(
        model.configuration, model.tensors(engine), tokenizer: tokenizer, to: folder)
      try SafetensorsWriter.write(
        trainables.flatMap { $0.state() },
        to: folder.appendingPathComponent(Self.stateName + ".safetensors"))
      try Self.write(state, to: folder)
    }
    for step in checkpoints() where step != state.step && step != state.bestStep {
      AtomicOutput.remove(checkpoint(step))
    }
  }

  /// Reads the state of the newest checkpoint, if there is one.
  func latest() throws -> RunState? {
    try checkpoints().last.flatMap { try Self.state(in: checkpoint($0)) }
  }

  /// The state in which the finished run ended; nil where an older version has left none.
  func finished() throws -> RunState? { try Self.state(in: url) }

  private static func state(in folder: URL) throws -> RunState? {
    let file = folder.appendingPathComponent(stateName + ".json")
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try DecodedFile.read(file, as: "the state of a run")
  }

  private static func write(_ state: RunState, to folder: URL) throws {
    try AtomicOutput.write(
      JSONEncoder().encode(state), to: folder.appendingPathComponent(stateName + ".json"))
  }

  /// The precision of the run that was begun, or has ended, in a folder.
  static func precision(ofRunIn url: URL) throws -> Precision? {
    let newest = checkpoints(in: url).last.map {
      url.appendingPathComponent("\(checkpointPrefix)\($0)")
    }
    return try state(in: newest ?? url)?.settings.precision
  }

  /// Takes weights and optimiser from the checkpoint of `step`.
  func restore(
    _ step: Int, _ model: any SequenceClassifier, _ trainables: [any Trainable], _ engine: Engine
  ) throws {
    let folder = checkpoint(step)
    let weights = try Checkpoint(folder: folder)
    // What does not train is as it was loaded; the checkpoint has it with LoRA merged.
    let trained = Set(trainables.map(\.name))
    for parameter in model.parameters where trained.contains(parameter.name) {
      let tensor = try weights.tensor(parameter.name, shape: parameter.shape)
      try parameter.setValue(engine) { try tensor.copy(to: $0.elements) }
    }
    let state = try Checkpoint(
      file: folder.appendingPathComponent(Self.stateName + ".safetensors"))
    for trainable in trainables { try trainable.restore(state, engine) }
  }

  /// Makes the model of checkpoint `step` the run's result: `metrics.json`, written last, says that it has
  /// ended. Then checkpoints are removed.
  func publish(_ step: Int, _ figures: RunFigures, of state: RunState) throws {
    let source = try ModelFolder(checkpoint(step))
    let weights = try source.checkpoint()
    try ModelFolder.write(
      try source.configuration(),
      weights.names.compactMap { weights[$0].map { NamedTensor($0) } }, tokenizer: source, to: url)
    try end(figures, state, tokenizer: source)
  }

  /// The same for a model that is in no checkpoint, beside its adapter.
  func publish(
    _ model: any SequenceClassifier, tokenizer: ModelFolder, _ figures: RunFigures,
    of state: RunState, _ engine: Engine
  ) throws {
    try ModelFolder.write(
      model.configuration, model.tensors(engine), tokenizer: tokenizer, to: url)
    try end(figures, state, tokenizer: tokenizer)
  }

  /// The same for the adapter alone.
  func publishAdapter(_ figures: RunFigures, of state: RunState) throws {
    try end(figures, state, tokenizer: nil)
  }

  /// A run that is killed before its figures are there goes on from its checkpoint, and comes here again.
  private func end(_ figures: RunFigures, _ state: RunState, tokenizer: ModelFolder?) throws {
    removeLeftovers(butFor: figures.save, tokenizer)
    try Self.write(state, to: url)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try AtomicOutput.write(encoder.encode(figures), to: metrics)
    tidy()
  }

  /// Removes what a run that was overwritten has left, and this one has not written over. What no run says that it
  /// has left is not touched.
  private func removeLeftovers(
    butFor result: TrainingSettings.ResultKind?, _ tokenizer: ModelFolder?
  ) {
    guard let old = try? Self.figures(in: overwritten)?.save else { return }
    if old != .model && result == .model { AtomicOutput.remove(adapter) }
    guard old != .adapter else { return }
    // First what makes it a model.
    let model = [ModelFolder.configurationName, ModelFolder.weightsName]
    for name in result == .adapter ? model : [] {
      AtomicOutput.remove(url.appendingPathComponent(name))
    }
    for name in ModelFolder.tokenizerNames {
      let source = tokenizer?.url.appendingPathComponent(name).path
      if source.map(FileManager.default.fileExists) ?? false { continue }
      AtomicOutput.remove(url.appendingPathComponent(name))
    }
  }

  /// The figures of the run that ended here, if one did.
  func figures() throws -> RunFigures? { try Self.figures(in: metrics) }

  /// Whether a run that was to replace a finished one has not ended.
  var isBeingOverwritten: Bool { FileManager.default.fileExists(atPath: overwritten.path) }

  private static func figures(in file: URL) throws -> RunFigures? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    return try DecodedFile.read(file, as: "the figures of a run")
  }

  /// Removes every trace of a run but its result and log. The result of one that has ended stays until there is
  /// another; the note that it is a run's, not something else, stays with it.
  func clear() {
    rename(metrics.path, overwritten.path)
    removeCheckpoints()
  }

  /// Removes what only a run that goes on needs.
  func tidy() {
    removeCheckpoints()
    AtomicOutput.remove(overwritten)
  }

  private func removeCheckpoints() {
    for step in checkpoints() { AtomicOutput.remove(checkpoint(step)) }
    AtomicOutput.remove(basis)
  }

  /// Whether the run that was begun in a folder, if one was, goes on with these settings.
  /// - Throws: `InputError` naming the setting that differs.
  package static func check(_ folder: URL, continuesWith settings: TrainingSettings) throws {
    guard let step = checkpoints(in: folder).last else { return }
    let begun = try state(in: folder.appendingPathComponent("\(checkpointPrefix)\(step)"))
    try begun.map {
      try RunState.check($0.settings.fields(), settings.resolved.fields(), in: folder)
    }
  }

  /// Removes all that a run writes into its folder but the figures and the log; what else is there stays.
  package static func removeResult(in folder: URL) {
    let names =
      checkpoints(in: folder).map { "\(checkpointPrefix)\($0)" }
      + [basisName, adapterName, overwrittenName, stateName + ".json"]
      + [ModelFolder.configurationName, ModelFolder.weightsName] + ModelFolder.tokenizerNames
    for name in names { AtomicOutput.remove(folder.appendingPathComponent(name)) }
    AtomicOutput.removeLeftovers(in: folder)
  }
}
