import Experiments
import Foundation
import Support
import Training

/// What a report is made of: something that a command of this package has left.
enum ReportSource {
  case run(FinishedRun)
  case comparison(GLUEReport)
  case search(FinishedSearch)
  case benchmark([BenchRow])

  private static let resultsName = "results.json"

  /// Reads a folder, or a file that `bench --json` or `glue` has written.
  /// - Throws: `InputError` naming the file or folder and what was expected.
  init(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw InputFile.missing(url, "folder or file")
    }
    if !isFolder.boolValue {
      self = try Self.file(url)
    } else if FinishedSearch.isIn(url) {
      self = .search(try FinishedSearch(folder: url))
    } else if FileManager.default.fileExists(
      atPath: url.appendingPathComponent(Self.resultsName).path)
    {
      self = try Self.results(url.appendingPathComponent(Self.resultsName))
    } else {
      var run = try FinishedRun(folder: url)
      run.settings = try run.settings ?? GLUECellRecord.settings(ofRunIn: url)
      self = .run(run)
    }
  }

  private static func file(_ url: URL) throws -> ReportSource {
    guard url.lastPathComponent != resultsName else { return try results(url) }
    let rows: [BenchRow] = try DecodedFile.read(
      url, as: "the JSON of bench, nor the results.json of glue")
    guard !rows.isEmpty else { throw InputError(url.path, "holds no results of bench") }
    return .benchmark(rows)
  }

  private static func results(_ url: URL) throws -> ReportSource {
    let report: GLUEReport = try DecodedFile.read(
      url, as: "the results of a comparison of this version")
    guard !report.rows.isEmpty else { throw InputError(url.path, "holds no results of glue") }
    return .comparison(report)
  }
}
