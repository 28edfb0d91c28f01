/// Why a command of Optuna has failed, from what it wrote to standard error.
package struct OptunaFailure: Error {
  /// The last exception's message, in one line.
  package let problem: String
  /// Whether the same command may succeed a little later.
  package let mayPass: Bool

  /// A traceback ends with `module.Class: message`; SQLAlchemy adds the statement, PostgreSQL's driver more lines
  /// of its own, indented.
  package init(errors: String) {
    let asides = [
      "Traceback", "During handling", "The above", "[SQL", "[parameters", "(Background",
    ]
    let last = errors.split(separator: "\n").last { line in
      !line.hasPrefix(" ") && !line.hasPrefix("\t") && !line.hasPrefix("[I ")
        && !asides.contains { line.hasPrefix($0) }
    }
    mayPass = last?.hasPrefix("sqlalchemy.exc.") ?? false
    let message = last?
      .replacing(#/^(?:\[[EW] [^\]]*\]|optuna(?: [a-z\-]+)*: error:|[A-Za-z_][\w.]*:) /#, with: "")
      .replacing(#/^\([\w.]+\) /#, with: "")
    problem = message.map(String.init) ?? "was ended without a word"
  }
}
