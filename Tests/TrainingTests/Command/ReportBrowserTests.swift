import Foundation
import SparseGrad
import TestSupport
import Testing

/// Whether there is a program that opens pages, and one that drives it.
private let hasBrowser =
  ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].contains { name in
    (try? ChildProcess(running: [name, "--version"]).wait())?.status == 0
  } && (try? ChildProcess(running: ["python3", "--version"]).wait())?.status == 0

extension TrainingRuns {
  /// Reports in a real browser, by Scripts/check-report.py.
  @Suite(.enabled(if: hasBrowser, "there is no Chromium, or no Python"))
  struct ReportBrowserTests {
    private static let script = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appendingPathComponent("../../../Scripts/check-report.py")
      .standardizedFileURL

    private let tiny: TinyCommand

    init() throws { tiny = try TinyCommand() }

    private func check(_ page: String) throws -> ChildProcess.Result {
      try ChildProcess(running: ["python3", Self.script.path, tiny.path(page)]).wait(within: 120)
    }

    /// Long words, long texts, text from right to left, markup, many classes: nothing sticks out, and no script fails.
    @Test func pagesHoldWhateverDataHas() throws {
      let texts = TinyData.sentences(24, seed: 2).enumerated().map { place, sentence in
        let strange = [
          String(repeating: "unbroken", count: 60), String(repeating: "long text ", count: 300),
          "שלום עולם مرحبا بالعالم \u{202E}reversed", "<b>&amp;</b><script>alert(1)</script>",
          "👩‍👩‍👧‍👦 漢字漢字漢字",
        ]
        return "\(sentence.text) \(strange[place % strange.count])"
      }
      let labels = (0..<12).map { "class-\($0)-" + String(repeating: "x", count: $0 * 6) }
      let rows = texts.enumerated().map { "\($1)\t\(labels[$0 % labels.count])\n" }.joined()
      try tiny.folder.write("train.tsv", "text\tlabel\n" + rows)
      try tiny.folder.write("held.tsv", "text\tlabel\n" + rows)
      var runs: [URL] = []
      for method in ["full", "lora"] {
        let output = tiny.folder("a-run-with-a-rather-long-name/\(method)")
        let run = try Command.run(
          tiny.finetune("--method", method, "--output", output.path))
        #expect(run.status == 0, "\(run)")
        runs.append(output)
      }
      for (name, sources) in [("one.html", [runs[0]]), ("two.html", runs)] {
        let report = try Command.run(
          ["report"] + sources.map(\.path) + ["--output", tiny.path(name), "--quiet"])
        #expect(report.status == 0, "\(report)")
        let result = try check(name)
        #expect(result.status == 0, "\(result)")
      }
    }

    /// The check itself notices.
    @Test func faultsAreNoticed() throws {
      let page = "<!DOCTYPE html><html><body><p>fine</p></body></html>"
      let faults = [
        (page, nil),
        (page.replacing("<p>", with: "<p style='width: 3000px'>"), "the page is 3"),
        (page.replacing("<p>", with: "<script>nothing()</script><p>"), "script error"),
      ]
      for (text, problem) in faults {
        try tiny.folder.write("page.html", text)
        let result = try check("page.html")
        #expect(result.status == (problem == nil ? 0 : 1), "\(result)")
        if let problem { #expect(result.output.contains(problem), "\(result)") }
      }
    }
  }
}
