import Foundation
import SparseGrad

extension TokenPreview {
  /// The example with what counts for the loss in another colour or, where there are no colours, in brackets.
  var shown: String {
    let hasColours =
      isatty(STDERR_FILENO) == 1
      && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    let (begin, end) = hasColours ? ("\u{1B}[32m", "\u{1B}[0m") : ("[[", "]]")
    let text = parts.map { part in
      // What texts hold must not change the terminal.
      let safe = String(
        part.text.unicodeScalars.map { scalar -> Character in
          let isControl = scalar.properties.generalCategory == .control
          return isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : Character(scalar)
        })
      return part.counts ? begin + safe + end : safe
    }.joined()
    let counted = parts.filter(\.counts).reduce(0) { $0 + $1.tokens }
    let all = parts.reduce(0) { $0 + $1.tokens }
    return "the first example, \(counted) of whose \(all) tokens count for the loss:\n\(text)\n"
  }
}
