/// Bars beside each other's names, each with a range if it has one.
struct BarChart {
  /// One bar.
  struct Bar {
    let name: String
    let value: Double
    /// The extremes, or the mean less and plus the deviation.
    let range: ClosedRange<Double>?
    /// Its number as it is written.
    let text: String

    /// - Parameter ends: of the range; there is none unless they are in order, as they may not be in a spoilt file.
    init(name: String, value: Double, ends: (low: Double, high: Double)? = nil, text: String) {
      (self.name, self.value, self.text) = (name, value, text)
      range = ends.flatMap { $0.low <= $0.high ? $0.low...$0.high : nil }
    }
  }

  private static let (rowHeight, barHeight) = (36.0, 14.0)

  let title: String
  let bars: [Bar]

  /// The chart; nil when there is nothing to draw.
  var html: HTML? {
    let finite = bars.filter { $0.value.isFinite }
    let ends = finite.flatMap { [$0.value, $0.range?.lowerBound, $0.range?.upperBound] }
    guard let axis = Axis(ends.compactMap { $0 }, includesZero: true) else { return nil }
    let (left, width) = (4.0, ChartFrame.width - 8)
    func x(_ value: Double) -> Double { left + (axis.place(of: value) ?? 0) * width }
    let drawing = finite.enumerated().map { place, bar -> HTML in
      let top = Double(place) * Self.rowHeight
      let middle = top + 18 + Self.barHeight / 2
      let (start, end) = (min(x(0), x(bar.value)), max(x(0), x(bar.value)))
      var parts: [HTML] = [
        ChartFrame.label(
          bar.name.count > 44 ? bar.name.prefix(43) + "…" : bar.name, left, top + 13, "start"),
        ChartFrame.label(bar.text, ChartFrame.width - 4, top + 13, "end"),
        .element(
          "rect",
          [
            "x": start.fixed(1), "y": (top + 18).fixed(1), "width": max(1, end - start).fixed(1),
            "height": Self.barHeight.fixed(0), "class": "bar",
          ]),
      ]
      if let range = bar.range {
        let (low, high) = (x(range.lowerBound), x(range.upperBound))
        parts.append(ChartFrame.line((low, middle), (high, middle), "range"))
        for end in [low, high] {
          parts.append(ChartFrame.line((end, middle - 4), (end, middle + 4), "range"))
        }
      }
      return .list(parts)
    }
    return ChartFrame.figure(
      title, said: finite.map { "\($0.name) \($0.text)" }.joined(separator: "; "),
      height: Double(finite.count) * Self.rowHeight + 4, drawing, below: .list([]))
  }
}
