import Foundation
import SparseGrad

/// A folder with files of a user's data: `train.tsv`, `validation.csv`, ...
struct DataFolder {
  /// What a file is for.
  enum Part {
    case training, validation, test

    /// What its file may be called.
    var names: [String] {
      switch self {
      case .training: ["train"]
      case .validation: ["validation", "valid", "dev"]
      case .test: ["test"]
      }
    }
  }

  private static let endings = ["tsv", "csv", "jsonl", "json", "conll", "bio", "txt"]
  let url: URL

  /// The file of a part; nil if there is none.
  func file(of part: Part) -> URL? {
    part.names.lazy.flatMap { name in
      Self.endings.flatMap { ending in
        ["", ".gz"].map { url.appendingPathComponent("\(name).\(ending)\($0)") }
      }
    }
    .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// The file of the first part that is there.
  /// - Throws: `InputError` if none is, or there is no such folder.
  func file(ofFirst parts: [Part]) throws -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
      isFolder.boolValue
    else { throw InputError(url.path, "no such folder") }
    if let file = parts.lazy.compactMap({ file(of: $0) }).first { return file }
    let names = parts.flatMap(\.names).joined(separator: ", ")
    throw InputError(
      url.path, "holds no file called \(names) and ending in .tsv, .csv, .jsonl or .conll")
  }
}
