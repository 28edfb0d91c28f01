import Foundation
import Testing

/// The last program that a test has run to its end.
final class CommandLog: @unchecked Sendable {
  @TaskLocal static var current: CommandLog?

  private let lock = NSLock()
  private var last: ChildProcess.Result?

  func add(_ result: ChildProcess.Result) { lock.withLock { last = result } }

  var comment: Comment? { lock.withLock { last.map { "after \($0.description)" } } }
}

/// What a failed test says names the last program that it has run, its status and its output.
package struct NamesCommands: SuiteTrait, TestTrait, TestScoping {
  package var isRecursive: Bool { true }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let log = CommandLog()
    #if compiler(>=6.2)
      let naming = IssueHandlingTrait.compactMapIssues { issue in
        // Such an error names the program that it is about.
        if issue.error is ChildProcess.Failure { return issue }
        var issue = issue
        issue.comments += [log.comment].compactMap { $0 }
        return issue
      }
      try await CommandLog.$current.withValue(log) {
        try await naming.provideScope(for: test, testCase: testCase, performing: function)
      }
    #else
      try await CommandLog.$current.withValue(log, operation: function)
    #endif
  }
}

extension Trait where Self == NamesCommands {
  package static var namesCommands: Self { Self() }
}
