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

  /// A command, ready to be copied; lines break between its words.
  static func command(_ words: [String]) -> HTML {
    let parts = words.flatMap { word -> [HTML] in
      [.element("span", ["class": "word"], .text(word.shellWord)), " "]
    }
    return .element("pre", [:], .element("code", [:], .list(parts.dropLast())))
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
