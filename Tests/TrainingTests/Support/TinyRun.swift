import Foundation
import SparseGrad
import TestSupport
import Testing

/// All tests that train: one after another, because they share the CPU's threads.
@Suite(.serialized, .namesCommands) enum TrainingRuns {}

/// Trains a tiny model on sentences that one word decides.
struct TinyRun {
  let folder: TemporaryFolder
  let model: TinyModel
  var job: FineTuning

  /// Six steps of regular fine-tuning without dropout, unless `change` says otherwise.
  init(
    _ fixture: TinyModel.Fixture = .classification, in folder: TemporaryFolder? = nil,
    output: String = "output", _ change: (inout TrainingSettings) -> Void = { _ in }
  ) throws {
    self.folder = try folder ?? TemporaryFolder()
    model = try TinyModel(fixture, in: self.folder)
    job = FineTuning(
      model: model.url, training: try TinyData.dataset(48),
      validation: try TinyData.dataset(24, seed: 2), output: self.folder(output))
    job.threads = 2
    job.checkpoints = .removed
    job.settings.method = .full
    job.settings.maximumSteps = 6
    job.settings.batch = .sequences(8)
    job.settings.learningRate = 3e-3
    job.settings.logInterval = 1
    change(&job.settings)
  }

  var output: URL { job.output }

  func weights() throws -> Data { try output.data("model.safetensors") }

  func checkpoint() throws -> Checkpoint { try Checkpoint(folder: output) }

  /// The elements of every tensor of the result, less those of the model it started from.
  func change() throws -> [String: [Float]] {
    let (old, new) = (try Checkpoint(folder: model.url), try checkpoint())
    return try Dictionary(
      uniqueKeysWithValues: new.names.map { name in
        let before = try old.tensor(name).floats()
        return (name, zip(try new.tensor(name).floats(), before).map { $0 - $1 })
      })
  }
}

extension [String: [Float]] {
  /// The root of the sum of all squares.
  var norm: Double {
    values.joined().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  /// Element by element.
  func minus(_ other: [String: [Float]]) -> [String: [Float]] {
    merging(other) { zip($0, $1).map { $0 - $1 } }
  }
}
