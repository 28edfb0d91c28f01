import Foundation
import SparseGrad
import Testing

/// Search spaces, and what is read from Optuna, without Optuna.
@Suite struct SearchSpaceTests {
  private func space(_ dimension: SearchSpace.Dimension) throws -> SearchSpace {
    var space = SearchSpace()
    try space.search("x", dimension, source: "space.yaml")
    return space
  }

  @Test func isWrittenAsOptunaReadsIt() throws {
    var space = SearchSpace()
    try space.search("b", .reals(from: 1e-6, through: 0.01, .logarithmic), source: "")
    try space.search("c", .integers(from: 1, through: 9, .steps(of: 2)), source: "")
    try space.search("a", .choices(["16", "x"]), source: "")
    #expect(
      space.json.text(.compact)
        == #"{"a":{"name":"CategoricalDistribution","attributes":{"choices":["16","x"]}},"#
        + #""b":{"name":"FloatDistribution","attributes":{"low":1e-06,"high":0.01,"step":null,"log":true}},"#
        + #""c":{"name":"IntDistribution","attributes":{"low":1,"high":9,"step":2,"log":false}}}"#)
  }

  @Test(arguments: [
    (SearchSpace.Dimension.choices([]), "at least one"), (.choices(["1", "1"]), "twice"),
    (.reals(from: 1, through: 1, .uniform), "low below high"),
    (.reals(from: 0, through: 1, .logarithmic), "more than 0"),
    (.reals(from: 0, through: .infinity, .uniform), "finite"),
    (.reals(from: .nan, through: 1, .uniform), "finite"),
    (.integers(from: 2, through: 1, .uniform), "low below high"),
    (.integers(from: 1, through: 3, .steps(of: 0)), "step"),
    (.integers(from: 1, through: 3, .steps(of: 3)), "step"),
    (.integers(from: 1, through: 3, .steps(of: .max)), "step"),
    (.integers(from: .min, through: -2, .steps(of: .max)), "step"),
  ]) func refuses(dimension: SearchSpace.Dimension, problem: String) {
    let error = #expect(throws: InputError.self) { try space(dimension) }
    #expect(error?.description.hasPrefix("space.yaml: key \"x\": ") ?? false)
    #expect(error?.problem.contains(problem) ?? false, "\(String(describing: error))")
  }

  @Test func usualSpacesFollowTheMethod() {
    let base = ["batch-size", "dropout", "learning-rate"]
    #expect(SearchSpace.standard(for: .full).flags == base)
    #expect(SearchSpace.standard(for: .sparseGrad(.meProp)).flags == base)
    #expect(SearchSpace.standard(for: .sparseGrad(SparseGradSettings())).flags == base)
    #expect(
      SearchSpace.standard(for: .sparseGrad(SparseGradSettings.paper)).flags == ["axes"] + base)
    #expect(
      SearchSpace.standard(for: .lora(LoRASettings())).flags
        == base + ["lora-alpha", "lora-dropout"])
  }

  @Test func differencesOfStudiesAreNamed() throws {
    let subject = SearchSubject(space: try space(.choices(["1", "2"])), flags: ["--b=1", "--a"])
    func difference(_ other: SearchSubject) throws -> String? {
      try subject.difference(from: JSONField(file: "study", value: .string(other.text)))
    }
    #expect(try difference(subject) == nil)
    #expect(try difference(SearchSubject(space: subject.space, flags: ["--a", "--b=1"])) == nil)
    #expect(
      try difference(SearchSubject(space: try space(.choices(["1"])), flags: subject.flags))
        == #"has another search space: x is {"choices":["1"]} there, {"choices":["1","2"]} here"#)
    #expect(
      try difference(SearchSubject(space: SearchSpace(), flags: subject.flags))?
        .contains("x is not searched there") ?? false)
    #expect(
      try difference(SearchSubject(space: subject.space, flags: ["--a", "--b=2"]))
        == "was begun with --b=2")
    #expect(
      try difference(SearchSubject(space: subject.space, flags: ["--a"]))
        == "was not begun with --b=1")
    func given(_ inputs: [String: String]) -> SearchSubject {
      SearchSubject(space: subject.space, flags: subject.flags, inputs: inputs)
    }
    func difference(_ mine: SearchSubject, _ other: SearchSubject) throws -> String? {
      try mine.difference(from: JSONField(file: "study", value: .string(other.text)))
    }
    #expect(try difference(given(["data": "1"]), given(["data": "1"])) == nil)
    #expect(
      try difference(given(["data": "1"]), given(["data": "2"])) == "was begun with other data")
    // Studies of older versions do not say what they were given.
    #expect(try difference(given(["data": "1"]), subject) == nil)
  }

  @Test func aPathMustFitIntoAURL() {
    let error = #expect(throws: InputError.self) {
      try Optuna(storageIn: URL(fileURLWithPath: "/nowhere/a?b"))
    }
    #expect(error?.description.contains("/nowhere/a?b: has a question mark") ?? false)
  }

  /// The message that a new user gets.
  @Test func missingOptunaSaysHowToInstallIt() throws {
    // The tests' own Optuna is found beside the executable.
    let environment = ["SPARSEGRAD_OPTUNA": "", "PATH": "relative:/nowhere"]
    guard
      let error = #expect(
        throws: InputError.self,
        performing: {
          try Optuna(
            storage: "sqlite:///x", environment: environment,
            beside: URL(fileURLWithPath: "/nowhere/bin/x"))
        })
    else { return }
    #expect(error.description.contains("optuna: is not installed; run Scripts/setup.sh --search"))
  }

  @Test(arguments: [
    (
      "Traceback (most recent call last):\n  File \"x\", line 1\nsqlalchemy.exc.OperationalError: "
        + "(sqlite3.OperationalError) unable to open database file\n"
        + "(Background on this error at: https://sqlalche.me/e/20/e3q8)\n",
      "unable to open database file", true
    ),
    (
      "sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) connection to server at \"h\" "
        + "failed: Connection refused\n\tIs the server running?\n\n(Background on this error)\n",
      "connection to server at \"h\" failed: Connection refused", true
    ),
    (
      "sqlalchemy.exc.IntegrityError: (psycopg2.errors.UniqueViolation) duplicate key value\n"
        + "DETAIL:  Key (typname) already exists.\n\n[SQL: \nCREATE TABLE studies (\n\ta: b\n)\n\n]\n",
      "duplicate key value", true
    ),
    (
      "[I 2026-11-23 15:39:22,596] A new study\n[E 2026-11-23 15:39:23,165] Failed to guess\n",
      "Failed to guess", false
    ),
    (
      "usage: optuna tell [-h]\n            [-v]\noptuna tell: error: argument --values: expected\n",
      "argument --values: expected", false
    ),
    ("ValueError: Cannot tell a COMPLETE trial.\n", "Cannot tell a COMPLETE trial.", false),
    ("Traceback (most recent call last):\nKeyboardInterrupt\n", "KeyboardInterrupt", false),
    ("", "was ended without a word", false),
  ]) func failuresAreShortened(errors: String, problem: String, mayPass: Bool) {
    let failure = OptunaFailure(errors: errors)
    #expect(failure.problem == problem)
    #expect(failure.mayPass == mayPass)
  }

  @Test func passwordsAreNotShown() throws {
    let here = ["SPARSEGRAD_OPTUNA": "/bin/true"]
    for (url, shown) in [
      ("postgresql://me:secret@host/db", "postgresql://me:***@host/db"),
      ("postgresql://me:se/c@ret@host/db", "postgresql://me:***@host/db"),
      ("postgresql://host/db?password=secret&a=b", "postgresql://host/db?password=***&a=b"),
      ("postgresql://me@host/db", "postgresql://me@host/db"),
      ("sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
    ] {
      #expect(try Optuna(storage: url, environment: here).storageName == shown)
    }
  }

  @Test func mustBeAProgram() {
    for name in ["/nowhere/optuna", "/tmp"] {
      let error = #expect(throws: InputError.self) {
        try Optuna(storage: "sqlite:///x", environment: ["SPARSEGRAD_OPTUNA": name])
      }
      #expect(error?.description.contains("\(name) is no program") ?? false)
    }
  }
}
