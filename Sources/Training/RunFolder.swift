import Adapters
import Compute
import Foundation
import Layers
import Methods
import Models
import Support
import Weights

/// The output folder of a run: checkpoints while it goes on, the model and its figures at the end.
///
///     checkpoint-<step>/   the newest and the best: what trains and its optimiser (training_state.safetensors), the state of the
///                          run (.json), SHA256SUMS. With the model that the run began with, that is the model of the step
///     preliminary-basis.safetensors   what the preliminary phase found
///     log.jsonl            a line per logged step and evaluation
///     tensorboard/         the same for TensorBoard
///     metrics.json         the figures of a finished run
///     mistakes.jsonl       examples that its model answers wrongly
///     training_state.json  what that run was given: settings, digests of model and data
///     overwritten.json     the figures of one whose result is still there while another run replaces it
///     adapter/             the adapter, if one is saved
///
/// What belongs to the result of a run (model, adapter, figures) takes its place together, see `FolderPublication`.
package struct RunFolder {
  static let stateName = ModelFolder.trainingStateName
  private static let checkpointPrefix = "checkpoint-"
  private static let (basisName, adapterName) = ("preliminary-basis.safetensors", "adapter")
  static let (metricsName, logName, mistakesName) = ("metrics.json", "log.jsonl", "mistakes.jsonl")
  private static let overwrittenName = "overwritten.json"
  let url: URL
  private let lock: FileLock
  /// Where the result is prepared.
  private let staged: URL
  private let afterwards: Afterwards

  /// What becomes of the checkpoints from which a run could be made longer when it has ended.
  enum Afterwards {
    case checkpointsStay, checkpointsGo
  }

  init(_ url: URL, _ afterwards: Afterwards) throws {
    self.url = url
    self.afterwards = afterwards
    try AtomicOutput.makeFolder(at: url)
    // Two runs that write the same folder would mix their files.
    guard let lock = FileLock.ifFree(folder: url) else {
      throw InputError(url.path, "is being written by another run")
    }
    self.lock = lock
    staged = FolderPublication.staging(in: url)
    let place = url.resolvingSymlinksInPath()
    AtomicOutput.removeLeftovers(
      in: place.deletingLastPathComponent(), of: place.lastPathComponent)
    AtomicOutput.removeLeftovers(in: url)
  }

  var basis: URL { url.appendingPathComponent(Self.basisName) }
  var log: URL { url.appendingPathComponent(Self.logName) }
  var tensorBoard: URL { url.appendingPathComponent("tensorboard") }
  var metrics: URL { url.appendingPathComponent(Self.metricsName) }
  private var overwritten: URL { url.appendingPathComponent(Self.overwrittenName) }

  /// The adapter before it is published.
  var stagedAdapter: URL { staged.appendingPathComponent(Self.adapterName) }

  func checkpoint(_ step: Int) -> URL {
    url.appendingPathComponent("\(Self.checkpointPrefix)\(step)")
  }

  /// Somebody may remove or replace the folder while it is written; what is written then is lost, or mixed with
  /// another run's.
  /// - Throws: `InputError` when that has happened.
  func checkPresent() throws {
    guard lock.isHeld(at: url) else {
      throw InputError(url.path, "was removed or replaced while this run was writing it")
    }
  }

  // MARK: Checkpoints

  /// The steps of the checkpoints that are there, ascending. A checkpoint is renamed into place when it is
  /// complete, so each was whole.
  func checkpoints() -> [Int] { Self.checkpoints(in: url) }

  private static func checkpoints(in url: URL) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.compactMap { name in
      name.hasPrefix(checkpointPrefix) ? Int(name.dropFirst(checkpointPrefix.count)) : nil
    }.filter { step in
      // Other tools name their folders like this, too.
      let folder = url.appendingPathComponent("\(checkpointPrefix)\(step)")
      return step >= 0
        && ["\(stateName).safetensors", "\(stateName).json"].contains {
          FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
        }
    }.sorted()
  }

  /// Writes a checkpoint, then removes those that are neither it nor the best.
  func save(
    _ state: RunState, _ model: any TransformerModel, _ trained: TrainedParameters,
    _ engine: Engine
  ) throws {
    try checkPresent()
    let target = checkpoint(state.step)
    try AtomicOutput.folder(at: target) { folder in
      try SafetensorsWriter.write(
        trained.values(in: model).map { NamedTensor($0, name: $0.name, engine) }
          + trained.all.flatMap { $0.state() },
        to: folder.appendingPathComponent(Self.stateName + ".safetensors"))
      try Self.write(state, to: folder)
      try FileDigests.write(in: folder)
    }
    removeCheckpoints(but: state)
  }

  /// Reads the state of the newest checkpoint, if there is one, and makes sure of all that it needs: its own files and
  /// those of the best checkpoint.
  /// - Throws: `InputError` naming the file that is missing or spoilt. Nothing is removed.
  func latest() throws -> RunState? {
    guard let newest = checkpoints().last else { return nil }
    var step = newest
    do {
      let state = try Self.readState(in: checkpoint(newest))
      guard state.step == newest else {
        throw InputError(
          stateFile(newest).path, at: "key \"step\"",
          "is \(state.step), expected \(newest), as the folder says")
      }
      try check(newest)
      step = state.bestStep ?? newest
      if step != newest { try check(step) }
      return state
    } catch let error as InputError {
      // What comes before the best one is not there any more.
      let before = step == newest ? checkpoints().dropLast().last : nil
      throw InputError(
        error.source, at: error.location,
        "\(error.problem); nothing was removed: "
          + (before.map {
            "without \(checkpoint(step).path), \(Setting.resuming) goes on from step \($0); "
          }
            ?? "") + "\(Setting.overwriting) starts anew")
    }
  }

  /// - Throws: `InputError` naming the file of a checkpoint that is missing or not as it was written.
  func check(_ step: Int) throws {
    try InputFile.checkFolder(checkpoint(step))
    try FileDigests.check(checkpoint(step))
  }

  private func stateFile(_ step: Int) -> URL {
    checkpoint(step).appendingPathComponent(Self.stateName + ".json")
  }

  /// The state in which the finished run ended; nil where an older version has left none.
  func finished() throws -> RunState? { try Self.finished(in: url) }

  private static func finished(in url: URL) throws -> RunState? {
    let file = url.appendingPathComponent(stateName + ".json")
    return FileManager.default.fileExists(atPath: file.path) ? try readState(in: url) : nil
  }

  /// The settings of the run that ended in a folder, by name; nil where its result was removed.
  static func settings(ofRunIn url: URL) throws -> [String: String]? {
    try finished(in: url)?.settings.fields()
  }

  private static func readState(in folder: URL) throws -> RunState {
    let file = folder.appendingPathComponent(stateName + ".json")
    let state: RunState = try DecodedFile.read(file, as: "the state of a run")
    try state.validate(file)
    return state
  }

  private static func write(_ state: RunState, to folder: URL) throws {
    try AtomicOutput.write(
      JSONEncoder().encode(state), to: folder.appendingPathComponent(stateName + ".json"))
  }

  /// The precision of the run that was begun, or has ended, in a folder; nil where that cannot be read, which
  /// `latest` explains.
  static func precision(ofRunIn url: URL) -> Precision? {
    let newest = checkpoints(in: url).last.map {
      url.appendingPathComponent("\(checkpointPrefix)\($0)")
    }
    return try? readState(in: newest ?? url).settings.precision
  }

  /// The tensors of a checkpoint.
  func state(of step: Int) throws -> Checkpoint {
    try Checkpoint(
      file: checkpoint(step).appendingPathComponent(Self.stateName + ".safetensors"))
  }

  /// Takes weights and optimiser from the checkpoint of `step`, into the model that the run began with.
  func restore(
    _ step: Int, _ model: any TransformerModel, _ trained: TrainedParameters, _ engine: Engine
  ) throws {
    let folder = checkpoint(step)
    let state = try state(of: step)
    // Older versions wrote the whole model beside the state.
    let whole = folder.appendingPathComponent(ModelFolder.weightsName)
    let weights =
      FileManager.default.fileExists(atPath: whole.path) ? try Checkpoint(file: whole) : state
    for parameter in trained.values(in: model) {
      let tensor = try weights.tensor(parameter.name, shape: parameter.shape)
      try parameter.setValue(engine) { try tensor.copyFinite(to: $0.elements) }
    }
    for trainable in trained.all { try trainable.restore(state, engine) }
  }

  // MARK: Result

  /// Makes a model the run's result, beside its adapter if there is one.
  func publish(
    _ model: any TransformerModel, tokenizer: ModelFolder, _ outcome: RunOutcome, _ engine: Engine
  ) throws {
    try stage { folder in
      try ModelFolder.write(
        model.configuration, model.tensors(engine), tokenizer: tokenizer, to: folder)
    }
    try end(outcome)
  }

  /// The same for the adapter alone.
  func publishAdapter(_ outcome: RunOutcome) throws {
    try end(outcome)
  }

  private func stage(_ body: (URL) throws -> Void) throws {
    try checkPresent()
    try AtomicOutput.makeFolder(at: staged)
    try body(staged)
  }

  /// A run that is killed before its result is there goes on from its checkpoint, and comes here again.
  private func end(_ outcome: RunOutcome) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try stage { folder in
      try Self.write(outcome.state, to: folder)
      if let mistakes = outcome.mistakes {
        try AtomicOutput.write(
          JSONLines.encoded(mistakes), to: folder.appendingPathComponent(Self.mistakesName))
      }
      try AtomicOutput.write(
        encoder.encode(outcome.figures), to: folder.appendingPathComponent(Self.metricsName))
    }
    let lock = try FolderPublication(
      of: staged, in: url, dropping: leftovers(butFor: outcome),
      keys: [ModelFolder.configurationName, Self.adapterName],
      last: [Self.stateName + ".json", Self.metricsName]
    ).run()
    try withExtendedLifetime(lock) {
      guard (lock ?? self.lock).isHeld(at: url) else { return try checkPresent() }
      tidy(after: outcome.state)
    }
  }

  /// What is left of a result that this one replaces, and not written over. What no run says that it has left is not
  /// touched, but that a tokenizer belongs to the model that it came with.
  private func leftovers(butFor outcome: RunOutcome) -> Set<String> {
    let result = outcome.figures.save
    let before = try? Self.figures(in: overwritten)
    let old = before?.save
    var names: Set<String> = [Self.overwrittenName]
    if before?.classes != nil, outcome.mistakes == nil { names.insert(Self.mistakesName) }
    if let old, old != .model, result == .model { names.insert(Self.adapterName) }
    if result == .adapter {
      guard let old, old != .adapter else { return names }
      names.formUnion([ModelFolder.configurationName, ModelFolder.weightsName])
    }
    return names.union(
      ModelFolder.tokenizerNames.filter { name in
        !FileManager.default.fileExists(atPath: staged.appendingPathComponent(name).path)
      })
  }

  /// The figures of the run that ended here, if one did.
  func figures() throws -> RunReport? { try Self.figures(in: metrics) }

  /// Whether a run that was to replace a finished one has not ended.
  var isBeingOverwritten: Bool { FileManager.default.fileExists(atPath: overwritten.path) }

  /// Whether there is a model that no run says to have left.
  var holdsOtherModel: Bool {
    FileManager.default.fileExists(
      atPath: url.appendingPathComponent(ModelFolder.configurationName).path)
  }

  private static func figures(in file: URL) throws -> RunReport? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let figures: RunReport = try DecodedFile.read(file, as: "the figures of a run")
    try figures.validate(file)
    return figures
  }

  /// Removes every trace of a run but its result and log. The result of one that has ended stays until there is
  /// another; the note that it is a run's, not something else, stays with it.
  func clear() {
    reopen()
    removeCheckpoints(but: nil)
  }

  /// Makes a run that has ended one that goes on. Its result stays until there is another.
  func reopen() { rename(metrics.path, overwritten.path) }

  /// Removes what only a run that goes on needs; the checkpoints that it would go on from stay if it is to be made
  /// longer.
  func tidy(after state: RunState?) {
    removeCheckpoints(but: afterwards == .checkpointsStay ? state : nil)
    if afterwards == .checkpointsGo { AtomicOutput.remove(basis) }
    AtomicOutput.remove(overwritten)
  }

  private func removeCheckpoints(but state: RunState?) {
    // The newest first: what is left by a process that is killed in between is still a run to go on from.
    for step in checkpoints().reversed() where step != state?.step && step != state?.bestStep {
      AtomicOutput.remove(checkpoint(step))
    }
  }

  /// Whether the run that was begun in a folder, if one was, goes on with these settings.
  /// - Throws: `InputError` naming the setting that differs.
  package static func check(_ folder: URL, continuesWith settings: TrainingSettings) throws {
    guard let step = checkpoints(in: folder).last else { return }
    let begun = try readState(in: folder.appendingPathComponent("\(checkpointPrefix)\(step)"))
    try RunState.check(begun.settings.fields(), settings.resolved.fields(), in: folder)
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

extension TrainedParameters {
  /// The model's parameters whose values a checkpoint has to hold: those that train, but for what follows from their state.
  fileprivate func values(in model: any TransformerModel) -> [Parameter] {
    let names = Set(all.lazy.filter { !$0.isValueDerived }.map(\.name))
    return model.parameters.filter { names.contains($0.name) }
  }
}
