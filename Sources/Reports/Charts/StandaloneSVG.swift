/// A drawing as a file of its own, with the look that pages give it.
struct StandaloneSVG {
  private static let looks = [
    "#1456a6", "#b85c00", "#1b7a3d", "#9b2163", "#6f3fc1", "#7a5c00", "#00707a", "#555555",
  ]

  let text: String

  init(width: Double, height: Double, title: String, _ drawing: [HTML]) {
    let style =
      "svg { background: #fff; font: 12px sans-serif } text { fill: #222 } "
      + ".grid { stroke: #ddd } .axis { stroke: #555 } .curve { fill: none; stroke-width: 2 } "
      + Self.looks.enumerated().map { ".look\($0) { stroke: \($1) }" }.joined(separator: " ")
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
