import SparseGrad
import Testing

/// How often a command is tried again, without Optuna.
@Suite struct PatienceTests {
  private let outage = "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) refused\n"

  /// How many attempts are made when each of them fails with these words.
  private func attempts(_ patience: Patience, _ errors: String) -> Int {
    var attempts = 0
    #expect(throws: OptunaFailure.self) {
      try patience.trying { () throws -> Void in
        attempts += 1
        throw OptunaFailure(errors: errors)
      }
    }
    return attempts
  }

  @Test func onlyWhatMayPassIsTriedAgain() {
    let patience = Patience(pauses: [0, 0, 0])
    #expect(attempts(patience, outage) == 4)
    #expect(attempts(patience, "ValueError: no such trial\n") == 1)
  }

  @Test func whatHasPassedIsForgotten() throws {
    var failures = [outage, outage]
    let value = try Patience(pauses: [0, 0, 0]).trying { () throws -> Int in
      if let errors = failures.popLast() { throw OptunaFailure(errors: errors) }
      return 7
    }
    #expect(value == 7 && failures.isEmpty)
  }

  /// The first attempt fails, the pause is cut short, and a second attempt is the last.
  @Test func anInterruptEndsTheWaiting() {
    var questions = 0
    let patience = Patience(pauses: [3600, 3600]) {
      questions += 1
      return questions > 1
    }
    #expect(attempts(patience, outage) == 2)
  }
}
