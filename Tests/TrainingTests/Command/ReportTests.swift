import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// `sparsegrad report`.
  @Suite struct ReportTests {
    private let tiny: TinyCommand
    private var page: String { tiny.path("report.html") }

    init() throws { tiny = try TinyCommand() }

    /// The page about sources, which is well-formed and holds nothing that is loaded.
    private func report(_ sources: [URL]) throws -> String {
      let result = try Command.run(["report"] + sources.map(\.path) + ["--output", page])
      #expect(result.status == 0 && result.output == "report: \(page)\n", "\(result)")
      let text = String(decoding: try tiny.folder.url.data("report.html"), as: UTF8.self)
      #expect(text.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
      for word in ["http:", "https:", "src=", "<link", "<iframe", "@import", "url("] {
        #expect(!text.contains(word), "\(word)")
      }
      #expect(text.components(separatedBy: "<script").count == 2)
      return text
    }

    private func refusal(_ source: URL) throws -> String {
      let result = try Command.run(["report", source.path, "--output", page])
      #expect(result.status == 1 && result.output.isEmpty, "\(result)")
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(!FileManager.default.fileExists(atPath: page))
      return result.errors
    }

    /// Nothing of a data file becomes markup: neither texts nor labels.
    @Test func tellsOfARunWithoutRunningWhatDataHolds() throws {
      let attack = "<script>document.title='owned'</script><img/onerror=alert(1)>\u{1}"
      let sentences = TinyData.sentences(24, seed: 2)
      // Every label is wrong, so that there are mistakes.
      try tiny.folder.write(
        "held.tsv",
        "text\tlabel\n"
          + sentences.map {
            "\($0.text) \(attack)\t\($0.label == "positive" ? "negative" : "positive")\n"
          }
          .joined())
      let train = TinyData.table(48) + "the film is good\t</td><b>'\"&\n"
      try tiny.folder.write("train.tsv", train)
      let run = try Command.run(tiny.finetune("--method", "full", "--max-steps", "60"))
      #expect(run.status == 0, "\(run)")
      let mistakes = try tiny.output.jsonLines("mistakes.jsonl")
      try #require(!mistakes.isEmpty && mistakes.count <= 50)
      let probabilities = mistakes.compactMap { $0["probability"] as? Double }
      #expect(probabilities == probabilities.sorted(by: >))
      for mistake in mistakes {
        let place = try #require(mistake["example"] as? Int)
        #expect(mistake["text"] as? String == "\(sentences[place - 1].text) \(attack)")
        #expect(mistake["expected"] as? String != mistake["predicted"] as? String)
      }
      let text = try report([tiny.output])
      #expect(!text.contains("<img") && !text.contains("<b>") && !text.contains("\u{1}"))
      #expect(text.contains("&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;"))
      #expect(text.contains("&lt;/td&gt;&lt;b&gt;&#39;&quot;&amp;"))
      for part in [
        "Confusion matrix", "Precision, recall and F1 by class", "most confident mistakes",
        "<svg", "<span class=\"word\">sparsegrad</span> <span class=\"word\">finetune</span>",
        "learningRate", "prefers-color-scheme", "Loss",
        "Norm of the gradient", "Peaks of memory by kind",
      ] { #expect(text.contains(part), "\(part)") }
    }

    @Test func comparesRunsSeedBySeed() throws {
      var runs: [URL] = []
      for method in ["full", "lora"] {
        for seed in ["1", "2"] {
          let output = tiny.folder("runs/\(method)-\(seed)")
          let result = try Command.run(
            tiny.finetune("--method", method, "--seed", seed, "--output", output.path))
          #expect(result.status == 0, "\(result)")
          runs.append(output)
        }
      }
      let text = try report(runs)
      let scores = try runs.map { try #require(try $0.figures().score) }
      let means = [(scores[0] + scores[1]) / 2, (scores[2] + scores[3]) / 2]
      for mean in means { #expect(text.contains(">" + mean.fixed(4))) }
      let difference = (scores[0] - scores[2] + scores[1] - scores[3]) / 2
      #expect(text.contains("full − lora") && text.contains(">\(difference.fixed(4))<"))
      #expect(text.contains("Comparison of 4 runs") && text.contains("full-1, full-2, lora-1"))
    }

    @Test func tellsOfABenchmark() throws {
      let result = try Command.run([
        "bench", "--model", tiny.model.url.path, "--batch-size", "2", "--lengths", "mean:12",
        "--max-length", "32", "--steps", "2", "--warmup", "1", "--repeats", "1", "--quiet",
        "--methods", "full,lora", "--precision", "float32", "--json",
      ])
      let text = try report([try tiny.folder.write("bench.json", result.output)])
      #expect(text.contains("full, float32, 2 sequences") && text.contains("Tokens/s"))
      // Once, though every result has it.
      let words = "<span class=\"word\">sparsegrad</span> <span class=\"word\">bench</span>"
      #expect(text.components(separatedBy: words).count == 2)
      // Earlier versions did not write the command down.
      let old = result.output.replacing(/"command":\[[^\]]*\],/, with: "")
      #expect(old != result.output)
      let page = try report([try tiny.folder.write("old.json", old)])
      #expect(!page.contains(words) && page.contains("full, float32, 2 sequences"))
    }

    @Test func refusesWhatIsNoResult() throws {
      #expect(try refusal(tiny.folder("nothing")).contains("nothing: no such folder or file"))
      #expect(try refusal(tiny.model.url).contains("is not the output folder of a run"))
      #expect(
        try refusal(tiny.folder("held.tsv")).contains("held.tsv: is not the JSON of bench, nor"))
      let flags = tiny.finetune("--method", "full", "--max-steps", "800")
      let command = try Command(flags)
      try command.wait(for: "its log") {
        (try? tiny.output.data("log.jsonl").contains(UInt8(ascii: "\n"))) == true
      }
      #expect(try refusal(tiny.output).contains("is still being written by a run"))
      command.send(SIGINT)
      #expect(try command.wait().status == 1)
      let interrupted = try refusal(tiny.output)
      #expect(interrupted.contains("has not ended") && interrupted.contains("--resume"))
    }

    @Test func refusesFilesOfOtherVersions() throws {
      #expect(try Command.run(tiny.finetune("--method", "full")).status == 0)
      let state = try tiny.output.data("training_state.json")
      let figures = try tiny.output.data("metrics.json")
      func spoil(_ name: String, _ data: Data, _ old: String, _ new: String) throws -> String {
        let text = String(decoding: data, as: UTF8.self).replacing(old, with: new)
        try tiny.folder.write("output/" + name, text)
        defer { try? data.write(to: tiny.output.appendingPathComponent(name)) }
        return try refusal(tiny.output)
      }
      #expect(
        try spoil("training_state.json", state, "\"version\":2", "\"version\":1")
          .contains("settings of version 1, expected 2"))
      let other = try spoil("metrics.json", figures, "\"steps\"", "\"stages\"")
      #expect(
        other.contains("metrics.json: key \"steps\": is not the figures of a run of this version"))
      #expect(
        try spoil("log.jsonl", tiny.output.data("log.jsonl"), "{", "[")
          .contains("log.jsonl: line 1: is not a line of a run's log"))
      // No space: an older page stays.
      try tiny.folder.write("report.html", "old")
      let full = try Command.run(
        ["report", tiny.output.path, "--output", page], fileSizeLimit: 4)
      #expect(full.status == 1 && full.errors.contains("report.html: cannot be written"), "\(full)")
      #expect(try tiny.folder.url.data("report.html") == Data("old".utf8))
      #expect(!tiny.folder.url.contents.contains { $0.hasPrefix(".partial") })
    }
  }
}
