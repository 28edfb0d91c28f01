/// Why a command of Optuna has failed, from what it wrote to standard error.
package struct OptunaFailure: Error {
  /// The last exception's message, in one line.
  package let problem: String
  /// Whether the same command may succeed a little later.
  package let mayPass: Bool

  /// A traceback ends with `module.Class: message`. Then SQLAlchemy adds the statement, and the database lines of
  /// its own, such as `DETAIL: ...`. Errors about arguments have no traceback.
  package init(errors: String) {
    let message =
      #/^(?:\[[EW] [^\]]*\]|optuna(?: [a-z\-]+)*: error:|(?<type>[A-Za-z_][\w.]*[a-z]\w*):) (?:\([\w.]+\) )?(?<text>.*)/#
    let lines = errors.split(separator: "\n")
    if let last = lines.reversed().lazy.compactMap({ $0.wholeMatch(of: message) }).first {
      problem = String(last.text)
      mayPass = last.type?.hasPrefix("sqlalchemy.exc.") ?? false
    } else {
      problem = lines.last.map(String.init) ?? "was ended without a word"
      mayPass = false
    }
  }
}
