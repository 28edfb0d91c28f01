/// Curves over a common axis.
struct LineChart {
  /// How many rows the table below a chart has at most.
  private static let mostRows = 40
  /// How many looks of curves the style knows.
  static let looks = 8

  let title: String
  /// What the axes are called.
  let names: (x: String, y: String)
  let curves: [Curve]
  /// Whether the lower axis begins at zero, so that charts of the same steps have it alike.
  var beginsAtZero = false
  var isLogarithmic = (x: false, y: false)

  /// The chart with its legend and its numbers; nil when there is nothing to draw.
  var html: HTML? {
    drawing.map {
      ChartFrame.figure(title, said: summary, $0, below: .list([legend, numbers]))
    }
  }

  /// The chart as a file of its own; nil when there is nothing to draw.
  var svg: StandaloneSVG? {
    drawing.map { drawing in
      let (top, row) = (24.0, 16.0)
      let names = curves.enumerated().flatMap { place, curve in
        let y = top + ChartFrame.height + row * Double(place + 1)
        return [
          ChartFrame.line(
            (ChartFrame.left, y - 4), (ChartFrame.left + 28, y - 4), "curve look\(look(of: place))"),
          ChartFrame.label(curve.name, ChartFrame.left + 36, y, "start"),
        ]
      }
      return StandaloneSVG(
        width: ChartFrame.width, height: top + ChartFrame.height + row * Double(curves.count + 1),
        title: title,
        [
          ChartFrame.label(title, 0, 14, "start"),
          .element("g", ["transform": "translate(0 \(top.fixed(0)))"], .list(drawing)),
        ] + names
      )
    }
  }

  /// A line a point.
  var csv: String {
    (["curve,\(names.x.asCSV),\(names.y.asCSV)"]
      + curves.flatMap { curve in
        curve.points.map { "\(curve.name.asCSV),\($0.x),\($0.y)" }
      }).joined(separator: "\n") + "\n"
  }

  /// Axes and curves.
  private var drawing: [HTML]? {
    let points = curves.flatMap(\.corners)
    guard
      let horizontal = Axis(
        points.map(\.x), isLogarithmic: isLogarithmic.x, includesZero: beginsAtZero),
      let vertical = Axis(points.map(\.y), isLogarithmic: isLogarithmic.y)
    else { return nil }
    return ChartFrame.axes(horizontal, vertical, names)
      + curves.enumerated().map { place, curve in
        draw(curve, look(of: place), horizontal, vertical)
      }
  }

  /// A faint curve looks like the one that comes after it.
  private func look(of place: Int) -> Int {
    (curves[place].look ?? curves[..<place].count { !$0.isFaint }) % Self.looks
  }

  private func draw(_ curve: Curve, _ look: Int, _ horizontal: Axis, _ vertical: Axis) -> HTML {
    let places = curve.drawn.compactMap { point -> (x: Double, y: Double, said: String)? in
      guard let x = horizontal.place(of: point.x), let y = vertical.place(of: point.y) else {
        return nil
      }
      let said = "\(curve.name): \(point.y.short) (\(names.x) \(point.x.short))"
      return (ChartFrame.x(x), ChartFrame.y(y), said)
    }
    var parts: [HTML] = []
    if curve.isJoined {
      let path = places.map { "\($0.x.fixed(1)),\($0.y.fixed(1))" }.joined(separator: " ")
      let faint = curve.isFaint ? " faint" : ""
      parts.append(.element("polyline", ["points": path, "class": "curve look\(look)\(faint)"]))
    }
    if curve.hasMarks || places.count == 1 {
      parts += places.map { place in
        .element(
          "circle",
          ["cx": place.x.fixed(1), "cy": place.y.fixed(1), "r": "3", "class": "mark look\(look)"],
          .element("title", [:], .text(place.said)))
      }
    }
    return .list(parts)
  }

  private var summary: String {
    curves.filter { !$0.isFaint }.prefix(Self.looks).compactMap { curve in
      guard let first = curve.points.first, let last = curve.points.last else { return nil }
      return
        "\(curve.name) from \(first.y.short) at \(first.x.short) to \(last.y.short) at \(last.x.short)"
    }.joined(separator: "; ")
  }

  private var legend: HTML {
    let named = curves.enumerated().filter { !$0.element.isFaint }
    guard named.count > 1 else { return .list([]) }
    return .element(
      "ul", ["class": "legend"],
      .list(
        named.map { place, curve in
          .element(
            "li", [:],
            .element(
              "svg", ["viewBox": "0 0 28 8", "width": "28", "height": "8", "aria-hidden": "true"],
              sample(of: curve, look(of: place))), .text(curve.name))
        }))
  }

  private func sample(of curve: Curve, _ look: Int) -> HTML {
    curve.isJoined
      ? .element(
        "line", ["x1": "0", "y1": "4", "x2": "28", "y2": "4", "class": "curve look\(look)"])
      : .element("circle", ["cx": "14", "cy": "4", "r": "3", "class": "mark look\(look)"])
  }

  /// The numbers themselves, for who does not see the drawing.
  private var numbers: HTML {
    let shown = curves.filter { !$0.isFaint || curves.count == 1 }
    let rows = shown.flatMap { curve -> [[DataTable.Cell]] in
      let step = max(1, (curve.points.count * shown.count + Self.mostRows - 1) / Self.mostRows)
      return curve.points.enumerated().filter { place, _ in
        place.isMultiple(of: step) || place == curve.points.count - 1
      }.map { _, point in
        [
          DataTable.Cell(curve.name), DataTable.Cell(point.x.short, value: point.x),
          DataTable.Cell(point.y.short, value: point.y),
        ]
      }
    }
    return .element(
      "details", [:], .element("summary", [:], "Numbers of this chart"),
      DataTable(caption: title, columns: ["Curve", names.x, names.y], rows: rows).html)
  }
}
