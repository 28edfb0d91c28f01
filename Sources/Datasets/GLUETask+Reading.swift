import Foundation
import Support

extension GLUETask {
  /// The part of a task's data.
  public enum Split: CaseIterable, Sendable {
    /// `train.tsv`.
    case train
    /// `dev.tsv`; of MNLI, `dev_matched.tsv`.
    case validation
    /// `dev_mismatched.tsv`, which MNLI alone has: texts of genres that are not trained on.
    case validationMismatched
    /// `test.tsv`; of MNLI, `test_matched.tsv`. Its answers are not public.
    case test
    /// `test_mismatched.tsv`, which MNLI alone has.
    case testMismatched
  }

  /// The splits whose answers a submission to the benchmark predicts.
  public var testSplits: [Split] {
    [.test, .testMismatched].filter { fileName(of: $0) != nil }
  }

  /// The place of a split's file.
  /// - Parameters:
  ///   - split: which part of the data.
  ///   - folder: the task's own folder, or the one of all tasks with the official
  ///     subfolders.
  /// - Throws: `InputError` naming the folder if it is no folder or neither of these, or the task
  ///   has no such split.
  public func file(of split: Split, in folder: URL) throws -> URL {
    guard let name = fileName(of: split) else {
      throw InputError(self.folder, "has no mismatched data, only MNLI has")
    }
    try InputFile.checkFolder(folder)
    let places = [folder, folder.appendingPathComponent(self.folder)]
    let place = places.first { place in
      Split.allCases.compactMap(fileName).contains { isThere($0, in: place) }
    }
    guard let place else {
      let names = [.train, .validation].compactMap(fileName).joined(separator: " nor ")
      throw InputError(
        folder.path, "has neither \(names), nor are they in a folder \(self.folder) inside it")
    }
    return place.appendingPathComponent(name)
  }

  /// The place of a split's file, or nil where the folder does not have it.
  /// - Throws: as `file(of:in:)`.
  public func fileIfPresent(of split: Split, in folder: URL) throws -> URL? {
    guard let name = fileName(of: split) else { return nil }
    let file = try file(of: split, in: folder)
    return isThere(name, in: file.deletingLastPathComponent()) ? file : nil
  }

  /// Reads a tab-separated file with the task's official columns. Labels are those of `labels`; a
  /// model that numbers them otherwise takes `Dataset.relabelled(as:)`.
  ///
  /// A quote is an ordinary character, wherever it stands: the official files have stray ones.
  /// Answers are accepted only as the official files have them.
  /// - Throws: `InputError` naming the file and the line, or the columns that were expected.
  public func dataset(contentsOf file: URL) throws -> Dataset {
    let text = try TextFile(file)
    let records = try TSVReader(text, columns: layout.unwrittenHeader)
    try check([layout.columns.label], in: records, of: text.name)
    if layout.unwrittenHeader != nil { try refuseHeader(in: records, of: text.name) }
    var data = try Dataset(
      records, of: text.name, columns: layout.columns, targets: layout.answers.format,
      brokenRows: layout.brokenRows, emptyTexts: .keep)
    // Where the file has indices, the labels have names all the same.
    data.labels = labels
    return data
  }

  /// Reads a test file: texts without answers, each with the number it has in the benchmark. Test
  /// files have a header line, CoLA's too.
  /// - Throws: `InputError` naming the file and the line, or the columns that were expected.
  public func testSet(contentsOf file: URL) throws -> GLUETestSet {
    let text = try TextFile(file)
    let records = try TSVReader(text)
    let index = self == .qqp ? "id" : "index"
    try check([index], in: records, of: text.name)
    var columns = layout.columns
    columns.label = nil
    // Every row needs an answer, so none is left out.
    let data = try Dataset(
      records, of: text.name, columns: columns, targets: .unread, brokenRows: .refuse,
      emptyTexts: .keep)
    let place = records.columns.firstIndex(of: index) ?? 0

    return GLUETestSet(
      indices: IteratorSequence(records).map { $0.fields[place].text ?? "" }, data: data)
  }

  private func check(_ more: [String?], in records: TSVReader, of source: String) throws {
    let expected = ([layout.columns.text, layout.columns.pair] + more).compactMap { $0 }
    guard expected.allSatisfy(records.columns.contains) else {
      throw InputError(
        source, at: "line 1",
        "expected the header of \(self.folder), with the columns \(quotedList(expected)); "
          + "found \(quotedList(records.columns))")
    }
  }

  /// A header names a column and has no number; every row has one, its answer.
  private func refuseHeader(in records: TSVReader, of source: String) throws {
    var ahead = records
    let first = ahead.next()?.fields.compactMap { $0.text?.lowercased() } ?? []
    let namesColumn = first.contains(where: records.columns.contains)
    let hasNumber = first.contains { Int($0) != nil }
    if namesColumn, !hasNumber {
      throw InputError(
        source, at: "line 1",
        "expected a row, found a header line; the labelled files of \(self.folder) have none")
    }
  }

  /// A file that gzip has packed is there too.
  private func isThere(_ name: String, in folder: URL) -> Bool {
    ["", ".gz"].contains { ending in
      FileManager.default.fileExists(atPath: folder.appendingPathComponent(name + ending).path)
    }
  }

  private func fileName(of split: Split) -> String? {
    let hasHalves = self == .mnli
    return switch split {
    case .train: "train.tsv"
    case .validation: hasHalves ? "dev_matched.tsv" : "dev.tsv"
    case .validationMismatched: hasHalves ? "dev_mismatched.tsv" : nil
    case .test: hasHalves ? "test_matched.tsv" : "test.tsv"
    case .testMismatched: hasHalves ? "test_mismatched.tsv" : nil
    }
  }
}
