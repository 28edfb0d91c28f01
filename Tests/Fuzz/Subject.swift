import Foundation
import SparseGrad
import TestSupport

/// A kind of input: valid files, those of them that are spoilt, and what reads them.
struct Subject: Sendable {
  typealias Files = [String: Data]

  let name: String
  /// Valid files, by their path in a folder.
  let files: Files
  /// Which of them are spoilt: those in these places.
  let spoilt: [String]
  /// Reads what is in a folder, as the command would.
  let read: @Sendable (URL) throws -> Void

  /// Input number `index` of a seed: valid files but for one or two.
  func input(seed: UInt64, index: Int) -> Files {
    var mutation = Mutation(RandomStream(seed: seed, purpose: .shuffling, index: index))
    var input = files
    for _ in 0..<(mutation.number(below: 5) == 0 ? 2 : 1) {
      let name = mutation.element(of: spoilt)
      guard let data = input[name] else { continue }
      if mutation.number(below: 40) == 0 {
        input[name] = nil
      } else {
        input[name] = mutation.spoil(data, of: name)
      }
    }
    return input
  }
}

extension [String: Data] {
  /// Makes a folder hold these files and no others.
  func write(to folder: URL) throws {
    try? FileManager.default.removeItem(at: folder)
    for (name, data) in self {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try data.write(to: url)
    }
  }

  /// All files below a folder.
  init(below folder: URL) throws {
    self.init()
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let url = folder.appendingPathComponent(name)
      if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        self[name] = try Data(contentsOf: url)
      }
    }
  }

  /// The same files in a folder of that name.
  func inFolder(_ name: String) -> Self {
    reduce(into: [:]) { $0["\(name)/\($1.key)"] = $1.value }
  }
}
