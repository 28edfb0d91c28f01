/// A table of a page, whose rows can be sorted by every column.
struct DataTable {
  /// One field.
  struct Cell {
    let text: String
    /// What it is sorted by; nil sorts by the text.
    var value: Double?
    /// How strongly it is coloured, from 0 to 1.
    var shade: Double?
    /// Whether it is the best of its kind.
    var isBest = false

    init(_ text: String, value: Double? = nil, shade: Double? = nil, isBest: Bool = false) {
      (self.text, self.value, self.shade, self.isBest) = (text, value, shade, isBest)
    }

    /// A number with so many digits; a dash where there is none.
    init(_ value: Double?, digits: Int) {
      self.init(value.map { $0.isFinite ? $0.fixed(digits) : "\($0)" } ?? "–", value: value)
    }

    /// A count.
    init(_ count: Int?) {
      self.init(count.map { "\($0)" } ?? "–", value: count.map { Double($0) })
    }
  }

  /// Texts of more characters have room on a narrow screen, too.
  private static let longText = 24

  let caption: String
  let columns: [String]
  let rows: [[Cell]]
  /// Whether the first field of a row names it.
  var hasNames = true
  /// Whether rows may be sorted.
  var isSortable = true

  /// The table in a frame that scrolls, so that the page never does sideways.
  var html: HTML {
    .element(
      "div", ["class": "frame", "tabindex": "0", "role": "region", "aria-label": caption],
      .element(
        "table", isSortable && rows.count > 1 ? ["class": "sortable"] : [:],
        .element("caption", [:], .text(caption)),
        .element(
          "thead", [:],
          .element(
            "tr", [:],
            .list(
              columns.enumerated().map { place, title in
                .element("th", attributes(of: place), .text(title))
              }))),
        .element("tbody", [:], .list(rows.map { row in .element("tr", [:], .list(cells(row))) }))))
  }

  private func attributes(of column: Int) -> KeyValuePairs<String, String> {
    isNumeric(column)
      ? ["scope": "col", "class": "number"] : ["scope": "col", "dir": "auto"]
  }

  private func isNumeric(_ column: Int) -> Bool {
    rows.contains { $0[column].value != nil }
      && rows.allSatisfy { $0[column].value != nil || $0[column].text == "–" }
  }

  private func cells(_ row: [Cell]) -> [HTML] {
    row.enumerated().map { place, cell in
      let isName = place == 0 && hasNames
      var attributes: [(name: String, value: String)] = isName ? [("scope", "row")] : []
      // Each text in its own direction, whatever it holds.
      if !isNumeric(place) { attributes.append(("dir", "auto")) }
      let classes =
        (isNumeric(place) ? ["number"] : []) + (cell.isBest ? ["best"] : [])
        + (cell.shade != nil ? ["shaded"] : [])
        + (cell.text.count > Self.longText ? ["long"] : [])
      if !classes.isEmpty { attributes.append(("class", classes.joined(separator: " "))) }
      if let value = cell.value, value.isFinite { attributes.append(("data-value", "\(value)")) }
      if let shade = cell.shade {
        attributes.append(("style", "--shade:\((shade * 100).fixed(1))%"))
      }
      return .element(isName ? "th" : "td", attributes, [.text(cell.text)])
    }
  }
}
