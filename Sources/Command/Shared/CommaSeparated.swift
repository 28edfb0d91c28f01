import ArgumentParser
import Foundation

/// The value of a flag that takes several, with commas between them. As in a CSV file, one that is put in quotes may hold
/// commas, and quotes that are written twice.
struct CommaSeparated<Element: ExpressibleByArgument>: ExpressibleByArgument {
  let values: [Element]

  init(_ values: [Element]) { self.values = values }

  init?(argument: String) {
    guard let parts = CommaSeparatedText.fields(of: argument) else { return nil }
    values = parts.compactMap(Element.init)
    guard values.count == parts.count else { return nil }
  }

  var defaultValueDescription: String {
    values.map(\.defaultValueDescription).joined(separator: ",")
  }
}

extension CommaSeparated: Sendable where Element: Sendable {}

enum CommaSeparatedText {
  /// The fields of a text, without white space around them; nil where quotes are not closed, or close too early.
  static func fields(of text: String) -> [String]? {
    var fields: [String] = []
    var rest = text[...]
    while true {
      rest = rest.drop(while: \.isWhitespace)
      let field = rest.first == "\"" ? quoted(&rest) : plain(&rest)
      guard let field else { return nil }
      fields.append(field)
      rest = rest.drop(while: \.isWhitespace)
      guard let end = rest.popFirst() else { return fields }
      guard end == "," else { return nil }
    }
  }

  /// The same for lists whose own parts have commas inside: what quotes hold is split, too.
  static func parts(of text: String) -> [String] {
    (fields(of: text) ?? [text]).flatMap {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The texts as one that `fields` takes apart again.
  static func joined(_ texts: [String]) -> String {
    texts.map { text in
      let isPlain =
        !text.contains { $0 == "," || $0 == "\"" }
        && text == text.trimmingCharacters(in: .whitespacesAndNewlines)
      return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
    }.joined(separator: ",")
  }

  private static func plain(_ rest: inout Substring) -> String? {
    let field = rest.prefix { $0 != "," }
    rest = rest[field.endIndex...]
    return field.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static func quoted(_ rest: inout Substring) -> String? {
    var pieces: [Substring] = []
    repeat {
      // At an opening quote, or at the second of two that stand for one.
      rest.removeFirst()
      let piece = rest.prefix { $0 != "\"" }
      pieces.append(piece)
      rest = rest[piece.endIndex...]
      guard rest.popFirst() != nil else { return nil }
    } while rest.first == "\""
    return pieces.joined(separator: "\"")
  }
}
