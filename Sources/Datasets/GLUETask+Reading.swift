import Foundation
import Support

extension GLUETask {
  /// The part of a task's data.
  public enum Split: CaseIterable, Sendable {
    /// `train.tsv`.
    case train
    /// `dev.tsv`; of MNLI, `dev_matched.tsv`.
    case validation
  }

  /// The place of a split's file.
  /// - Parameter folder: the task's own folder, or the one of all tasks with the official
  ///   subfolders.
  /// - Throws: `InputError` naming the folder if it is neither.
  public func file(of split: Split, in folder: URL) throws -> URL {
    let places = [folder, folder.appendingPathComponent(self.folder)]
    let place = places.first { place in
      Split.allCases.contains { split in
        // A file that still has to be unpacked is found too: opening it says so.
        ["", ".gz"].contains { ending in
          let file = place.appendingPathComponent(fileName(of: split) + ending)
          return FileManager.default.fileExists(atPath: file.path)
        }
      }
    }
    guard let place else {
      let names = Split.allCases.map(fileName).joined(separator: " nor ")
      throw InputError(
        folder.path, "has neither \(names), nor are they in a folder \(self.folder) inside it")
    }
    return place.appendingPathComponent(fileName(of: split))
  }

  /// Reads a tab-separated file with the task's official columns. Labels are those of `labels`; a
  /// model that numbers them otherwise takes `Dataset.relabelled(as:)`.
  /// - Throws: `InputError` naming the file and the line, or the columns that were expected.
  public func dataset(contentsOf file: URL) throws -> Dataset {
    let text = try TextFile(file)
    let records = try TSVReader(text, columns: layout.unwrittenHeader)
    let columns = layout.columns
    let expected = [columns.text, columns.pair, columns.label].compactMap { $0 }
    guard expected.allSatisfy(records.columns.contains) else {
      throw InputError(
        text.name, at: "line 1",
        "expected the header of \(self.folder), with the columns \(quotedList(expected)); "
          + "found \(quotedList(records.columns))")
    }
    return try Dataset(
      records, of: text.name, columns: columns,
      targets: kind == .regression ? .numbers : .labels(labels),
      brokenRows: layout.brokenRows)
  }

  private func fileName(of split: Split) -> String {
    switch split {
    case .train: "train.tsv"
    case .validation: layout.validationFile
    }
  }
}
