import Support

/// A part of a page with a title.
struct PageSection {
  let title: String
  let content: [HTML]
}

extension HTML {
  static func heading(_ text: String) -> HTML { .element("h3", [:], .text(text)) }

  static func paragraph(_ text: String) -> HTML { .element("p", [:], .text(text)) }

  /// What can be unfolded.
  static func folded(_ title: String, _ content: [HTML]) -> HTML {
    .element("details", [:], .element("summary", [:], .text(title)), .list(content))
  }

  /// A command, ready to be copied.
  static func command(_ words: [String]) -> HTML {
    .element(
      "pre", [:], .element("code", [:], .text(words.map(\.shellWord).joined(separator: " "))))
  }

  /// Figures side by side.
  static func facts(_ facts: [(name: String, value: String)]) -> HTML {
    .element(
      "dl", ["class": "facts"],
      .list(
        facts.map { name, value in
          .element(
            "div", [:], .element("dt", [:], .text(name)), .element("dd", [:], .text(value)))
        }))
  }

  /// Charts side by side.
  static func charts(_ charts: [HTML?]) -> HTML {
    .element("div", ["class": "charts"], .list(charts.compactMap { $0 }))
  }
}
