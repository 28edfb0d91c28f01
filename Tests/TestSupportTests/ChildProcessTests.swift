import Foundation
import TestSupport
import Testing

/// No test waits without an end, and nothing outlives it.
@Suite struct ChildProcessTests {
  private func shell(_ script: String) throws -> ChildProcess {
    try ChildProcess(running: ["/bin/bash", "-c", script])
  }

  @Test func endsAreTold() throws {
    let result = try ChildProcess(
      running: ["/bin/sh", "-c", "cat; echo no >&2; exit 3"], input: "a\n"
    )
    .wait()
    #expect(result.status == 3 && result.output == "a\n" && result.errors == "no\n")
    let killed = try shell("kill -9 $$").wait()
    #expect(killed.status == nil && killed.description.contains("ended by signal 9"))
    let missing = try ChildProcess(running: ["/nowhere/program"]).wait()
    #expect(missing.status != 0 && missing.errors.contains("/nowhere/program"))
  }

  /// What this process does with signals is not passed on.
  @Test func signalsAreHeard() throws {
    let before = signal(SIGINT, SIG_IGN)
    defer { signal(SIGINT, before) }
    let process = try shell("trap 'exit 7' INT; echo ready; while :; do sleep 0.01; done")
    try process.wait(for: "being ready") { try process.output() == "ready\n" }
    process.send(SIGINT)
    #expect(try process.wait().status == 7)
  }

  /// It is killed with what it has started, in whatever process group.
  @Test func hasToEndInTime() throws {
    // `set -m` gives the child a group of its own.
    let process = try shell("echo lost; set -m; sleep 1000 & echo $! >&2; wait")
    try process.wait(for: "its child") { try !process.errors().isEmpty }
    let child = try #require(pid_t(process.errors().dropLast()))
    let failure = #expect(throws: ChildProcess.Failure.self) { try process.wait(within: 0.1) }
    let text = failure?.description ?? ""
    #expect(
      text.contains("has not ended within 0.1 seconds and was killed: /bin/bash -c echo lost"))
    #expect(text.contains("was running") && text.contains("standard output: lost\n"))
    #expect(Deadline.wait { kill(child, 0) != 0 })
    #expect(try process.wait().status == nil)
  }

  @Test func hasToDoWhatIsWaitedFor() throws {
    let silent = try shell("exec sleep 1000")
    let late = #expect(throws: ChildProcess.Failure.self) {
      try silent.wait(for: "a file", within: 0.1) { false }
    }
    #expect(late?.description.contains("has not come to a file within 0.1 seconds") ?? false)
    let ended = #expect(throws: ChildProcess.Failure.self) {
      try shell("echo why; exit 2").wait(for: "a file") { false }
    }
    let text = ended?.description ?? ""
    #expect(text.contains("has ended before a file") && text.contains("exit status 2"))
    #expect(text.contains("standard output: why"))
    // What it has done last counts.
    let brief = try shell("echo done")
    try brief.wait(for: "its output") { try brief.output() == "done\n" }
  }

  @Test func endsWithTheTest() throws {
    var process: ChildProcess? = try shell("sleep 1000 & echo $!; wait")
    try process?.wait(for: "its child") { try process?.output().isEmpty == false }
    let child = try #require(pid_t(process?.output().dropLast() ?? ""))
    process = nil
    #expect(Deadline.wait { kill(child, 0) != 0 })
  }
}
