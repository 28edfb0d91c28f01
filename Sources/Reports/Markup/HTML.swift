/// A piece of a page. Texts are escaped when the page is written, so what a data file holds can be shown, but never be read as
/// markup or run as a script.
indirect enum HTML: Sendable {
  case text(String)
  case element(String, [(name: String, value: String)], [HTML])
  case list([HTML])
  /// A text that is written as it stands: the page's own style and script, nothing else.
  case verbatim(StaticString)

  /// An element with its attributes and its content.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: HTML...
  ) -> HTML {
    .element(name, attributes.map { ($0.key, $0.value) }, content)
  }

  /// The markup.
  var markup: String {
    var markup = ""
    write(to: &markup)
    return markup
  }

  /// Elements that have no content and no end.
  private static let empty: Set<String> = ["meta", "br", "col"]

  private func write(to markup: inout String) {
    switch self {
    case .text(let text): markup += text.escaped
    case .list(let parts): for part in parts { part.write(to: &markup) }
    case .verbatim(let text): markup += text.description
    case .element(let name, let attributes, let content):
      markup += "<\(name)"
      for (key, value) in attributes { markup += " \(key)=\"\(value.escaped)\"" }
      markup += ">"
      for part in content { part.write(to: &markup) }
      if !Self.empty.contains(name) { markup += "</\(name)>" }
    }
  }
}

extension HTML: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self = .text(value) }
}

extension String {
  /// The text with what means something in HTML as references, and without characters that no page may hold.
  fileprivate var escaped: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      case "\n", "\t", "\r": text.unicodeScalars.append(scalar)
      case _ where scalar.properties.generalCategory == .control: text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
