/// What all charts have in common: their size, the axes, and what a screen reader says.
enum ChartFrame {
  /// In units that are about a pixel on a phone.
  static let (width, height) = (400.0, 250.0)
  static let (left, right, top, bottom) = (52.0, 12.0, 10.0, 38.0)

  /// From 0 to 1 to the right.
  static func x(_ place: Double) -> Double { left + place * (width - left - right) }
  /// From 0 to 1 upwards.
  static func y(_ place: Double) -> Double { height - bottom - place * (height - top - bottom) }

  /// A drawing with a title, and with what is said in its stead.
  static func figure(
    _ title: String, said summary: String, height: Double = height, _ drawing: [HTML],
    below: HTML
  ) -> HTML {
    .element(
      "figure", ["class": "chart"], .element("figcaption", [:], .text(title)),
      .element(
        "svg",
        [
          "viewBox": "0 0 \(width.fixed(0)) \(height.fixed(0))", "role": "img",
          "aria-label": "\(title): \(summary)",
        ], .list(drawing)), below)
  }

  /// Both axes with their marks.
  static func axes(_ horizontal: Axis, _ vertical: Axis, _ names: (x: String, y: String)) -> [HTML]
  {
    let across = vertical.marks(5).compactMap { mark in
      vertical.place(of: mark).map { place in
        HTML.list([
          line((left, y(place)), (width - right, y(place)), "grid"),
          label(Axis.text(mark), left - 6, y(place) + 4, "end"),
        ])
      }
    }
    let up = horizontal.marks(5).compactMap { mark in
      horizontal.place(of: mark).map { place in
        HTML.list([
          line((x(place), y(0)), (x(place), y(0) + 4), "axis"),
          label(Axis.text(mark), x(place), y(0) + 16, place > 0.95 ? "end" : "middle"),
        ])
      }
    }
    return across + up + [
      line((left, y(0)), (width - right, y(0)), "axis"),
      label(names.x, x(0.5), height - 4, "middle"),
    ]
  }

  static func line(_ from: (Double, Double), _ to: (Double, Double), _ kind: String) -> HTML {
    .element(
      "line",
      [
        "x1": from.0.fixed(1), "y1": from.1.fixed(1), "x2": to.0.fixed(1), "y2": to.1.fixed(1),
        "class": kind,
      ])
  }

  static func label(_ text: String, _ x: Double, _ y: Double, _ anchor: String) -> HTML {
    .element(
      "text", ["x": x.fixed(1), "y": y.fixed(1), "text-anchor": anchor], .text(text))
  }
}
