import Datasets
import Foundation
import Support

/// What the texts were that a model was trained on.
package struct TrainedInputs: Codable, Equatable, Sendable {
  /// The columns that they were read from.
  package let columns: ColumnNames
  /// Whether each had a second one.
  package let arePairs: Bool

  package init(_ data: Dataset) {
    columns = data.columns
    arePairs = data.examples.contains { $0.pair != nil }
  }
}

/// What the folder of a fine-tuned model remembers of its training, so that it need not be said again. Of a model that
/// something else has made, nothing is known.
public struct TrainingMemory: Sendable {
  /// The longest sequence, if one was set.
  public private(set) var maximumLength: Int?
  /// The columns that the texts and answers were read from; all nil if that is not known.
  public private(set) var columns = ColumnNames()
  /// What of conversations the model was trained on; nil if that is not known.
  public private(set) var learntTurns: LearntTurns?
  /// Whether the model was trained on pairs of texts; nil if that is not known.
  public private(set) var takesPairs: Bool?

  /// Where a run writes its settings down, beside the model.
  package static let fileName = "training_state.json"

  /// What of a run's `training_state.json` is remembered.
  private struct SavedState: Decodable {
    struct Settings: Decodable {
      struct Data: Decodable {
        let maximumLength: Int?
        let learntTurns: LearntTurns?
        let inputs: TrainedInputs?
      }

      let data: Data

      private enum CodingKeys: CodingKey { case data }

      /// Settings of version 1 have no groups.
      init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        data = try values.decodeIfPresent(Data.self, forKey: .data) ?? Data(from: decoder)
      }
    }
    let settings: Settings
  }

  /// - Parameters:
  ///   - folder: of a model.
  ///   - adapters: folders of the adapters that it is used with. If the last one lies where a run has put it, what counts
  ///     is what that run was given.
  /// - Throws: `InputError` when the folder has a file of that kind that cannot be read.
  public init(of folder: URL, adapters: [URL] = []) throws {
    let folders = [adapters.last?.deletingLastPathComponent(), folder].compactMap { $0 }
    let files = folders.map { $0.appendingPathComponent(Self.fileName) }
    guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      return
    }
    let state: SavedState = try DecodedFile.read(file, as: "the state of a run")
    let settings = state.settings.data
    guard settings.maximumLength.map({ 3...Int(Int32.max) ~= $0 }) ?? true else {
      throw InputError(
        file.path, at: "key \"settings.data.maximumLength\"", "expected from 3 to \(Int32.max)")
    }
    maximumLength = settings.maximumLength
    learntTurns = settings.learntTurns
    columns = settings.inputs?.columns ?? ColumnNames()
    takesPairs = settings.inputs?.arePairs
  }
}
