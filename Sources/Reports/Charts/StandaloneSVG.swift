/// A drawing as a file of its own, with the look that pages give it.
struct StandaloneSVG {
  private static let looks = [
    "#1456a6", "#b85c00", "#1b7a3d", "#9b2163", "#6f3fc1", "#7a5c00", "#00707a", "#555555",
  ]
  /// So that curves can be told apart without colours, too.
  private static let dashes = ["none", "7 3", "2 3", "8 3 2 3"]

  /// In units of the drawing.
  let width: Double, height: Double
  let text: String

  init(width: Double, height: Double, title: String, _ drawing: [HTML]) {
    (self.width, self.height) = (width, height)
    let style =
      "svg { background: #fff; font: 12px sans-serif } text { fill: #222 } "
      + ".grid { stroke: #ddd } .axis { stroke: #555 } .curve { fill: none; stroke-width: 2 } "
      + Self.looks.enumerated().map { place, color in
        ".look\(place) { stroke: \(color); stroke-dasharray: \(Self.dashes[place % Self.dashes.count]) }"
      }.joined(separator: " ")
      + " .mark { fill: #fff; stroke-width: 2; stroke-dasharray: none }"
    text =
      HTML.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg",
          "viewBox": "0 0 \(width.fixed(0)) \(height.fixed(0))",
          "width": width.fixed(0), "height": height.fixed(0), "role": "img", "aria-label": title,
        ], .element("title", [:], .text(title)), .element("style", [:], .text(style)),
        .list(drawing)
      ).markup + "\n"
  }
}
