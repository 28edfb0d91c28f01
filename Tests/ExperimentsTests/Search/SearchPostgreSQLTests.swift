import Foundation
import SparseGrad
import TestSupport
import Testing

extension SearchRuns {
  /// A study in PostgreSQL, whose trials several machines run: here processes with a folder each.
  @Suite struct SearchPostgreSQLTests {
    @Test(.enabled(if: PostgreSQL.isInstalled, "PostgreSQL's initdb is not installed"))
    func machinesShareAStudy() throws {
      let server = try PostgreSQL()
      defer { #expect(throws: Never.self) { try server.stop() } }
      let search = try TinySearch()
      let outputs = ["first", "second"]
      let commands = try outputs.map { output in
        try Command(
          search.arguments(
            output: output,
            ["--max-steps", "4", "--trials", "3", "--storage", server.url, "--study", "shared"]))
      }
      for command in commands {
        let result = try command.wait()
        #expect(result.status == 0, "\(result.errors)")
      }
      // Between asking how many there are and asking for one, the other machine may ask, too.
      let states = try TinySearch.states(server.url, study: "shared")
      #expect((3...4).contains(states.count) && states.allSatisfy { $0 == "COMPLETE" })
      let folders = outputs.map {
        search.tiny.folder($0).contents.filter { $0.hasPrefix("trial-") }
      }
      #expect(folders.allSatisfy { !$0.isEmpty })
      #expect(Set(folders.joined()).count == states.count)

      // A folder belongs to one study.
      let other = try Command.run(
        search.arguments(
          output: "first", ["--max-steps", "4", "--storage", server.url, "--study", "other"]))
      #expect(other.status == 1 && other.errors.contains("holds the trials of study \"shared\""))
    }
  }
}
