import Foundation
import Support
import Training

/// One page about runs, comparisons, searches and benchmarks: curves, tables, settings, in a file that needs no other.
///
///     try Report([folder]).write(to: URL(fileURLWithPath: "report.html"))
public struct Report {
  private let page: Page

  /// Reads what a report is to be about.
  /// - Parameters:
  ///   - sources: output folders of `finetune` (or of `FineTuning`), `glue` and `search`, and files of `bench --json`.
  ///   - title: what stands above; nil takes the sources' names.
  /// - Throws: `InputError` naming a source that cannot be used, and what was expected.
  public init(_ sources: [URL], title: String? = nil) throws {
    let names = Self.names(of: sources)
    let read = try zip(names, sources).map { name, url in (name, try ReportSource(url)) }
    let runs = read.compactMap { name, source in
      if case .run(let run) = source { (name: name, run: run) } else { nil }
    }
    var sections = runs.count > 1 ? [RunComparison(runs: runs).section] : []
    let hasOneRun = runs.count == 1
    sections += read.map { name, source in
      switch source {
      case .run(let run): RunSection(name: name, run: run, hasCharts: hasOneRun).section
      case .comparison(let report): GLUESection(title: name, report: report).section
      case .search(let search): SearchSection(title: name, search: search).section
      case .benchmark(let rows): BenchSection(title: name, rows: rows).section
      }
    }
    page = Page(title: title ?? Self.title(names), sections: sections)
  }

  /// Writes the page beside its place and renames it.
  /// - Throws: `InputError` naming the file that cannot be written.
  public func write(to url: URL) throws { try AtomicOutput.write(page.data(), to: url) }

  /// The last parts of the paths, as many as tell them apart.
  private static func names(of sources: [URL]) -> [String] {
    let paths = sources.map { $0.standardizedFileURL.pathComponents }
    let longest = paths.map(\.count).max() ?? 1
    for count in 1...max(1, longest) {
      let names = paths.map { $0.suffix(count).joined(separator: "/") }
      if Set(names).count == names.count { return names }
    }
    return paths.enumerated().map { "\($0 + 1): \($1.last ?? "")" }
  }

  private static func title(_ names: [String]) -> String {
    let some = names.prefix(3).joined(separator: ", ")
    return "Report: \(some)" + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}
