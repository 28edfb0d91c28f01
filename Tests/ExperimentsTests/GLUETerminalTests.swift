import Foundation
import TestSupport
import Testing

private let hasTerminals =
  (try? ChildProcess(running: ["script", "--version"]).wait())?.status == 0

/// The overview of `sparsegrad glue` on a terminal that is narrower and lower than its table.
@Suite(.serialized, .enabled(if: hasTerminals, "there is no `script` that makes terminals"))
struct GLUETerminalTests {
  private func seen(columns: Int, rows: Int) throws -> String {
    let tiny = try TinyGLUE([.rte, .cola])
    let command = Command.words(
      tiny.glue("--methods", "full,lora", "--seeds", "1", "--tasks", "rte,cola")
        .filter { $0 != "--quiet" })
    let words = command.map { "'\($0)'" }.joined(separator: " ")
    let result = try ChildProcess(running: [
      "script", "--quiet", "--return", "--command",
      "stty cols \(columns) rows \(rows) && exec env -u CI TERM=xterm \(words)", "/dev/null",
    ]).wait()
    #expect(result.status == 0, "\(result)")
    return result.output.replacing("\r\n", with: "\n")
  }

  /// Whatever is drawn in place fits, and is taken back line by line.
  @Test(arguments: [(40, 12), (40, 4), (20, 24), (200, 50)])
  func isTakenBackAsAWhole(columns: Int, rows: Int) throws {
    let text = try seen(columns: columns, rows: rows)
    let parts = text.split(separator: "\r\u{1B}[J", omittingEmptySubsequences: false)
    #expect(parts.count > 4, "\(text)")
    for part in parts.dropLast() {
      // The table, then how many lines the cursor goes up.
      let end = try #require(part.range(of: "\u{1B}[", options: .backwards))
      let count = try #require(Int(part[end.upperBound...].dropLast()))
      let lines = part[..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
        .dropLast()
      let drawn = lines.suffix(count)
      #expect(drawn.count == count && count < rows, "\(part)")
      #expect(drawn.allSatisfy { $0.count < columns }, "\(part)")
    }
    let last = try #require(parts.last)
    #expect(!last.contains("\u{1B}") && last.contains("tables: "), "\(last)")
  }
}
