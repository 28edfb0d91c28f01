/// A line of a chart.
struct Curve {
  /// More points than these are thinned: of neighbours the least and the greatest stay.
  private static let most = 300

  /// How the points are drawn.
  enum Shape {
    /// Joined by lines.
    case line
    /// Each as a step of this width around it: a histogram.
    case steps(Double)
    /// Each by itself.
    case points
  }

  let name: String
  let points: [(x: Double, y: Double)]
  var shape = Shape.line
  /// Whether every point has a mark.
  var hasMarks = false
  /// Whether it stands behind the others.
  var isFaint = false
  /// The number of its look; curves that belong together have one look. Nil takes one that the others do not have.
  var look: Int?

  /// Whether there are lines between the points.
  var isJoined: Bool { if case .points = shape { false } else { true } }

  /// What the axes have to have room for.
  var corners: [(x: Double, y: Double)] {
    guard case .steps(let width) = shape else { return points }
    return points.flatMap { [($0.x - width / 2, $0.y), ($0.x + width / 2, $0.y)] }
  }

  /// The points that are drawn.
  var drawn: [(x: Double, y: Double)] {
    let points = corners
    guard points.count > Self.most else { return points }
    let size = (points.count * 2 + Self.most - 1) / Self.most
    return stride(from: 0, to: points.count, by: size).flatMap { start in
      let places = start..<min(start + size, points.count)
      let low = places.min { points[$0].y < points[$1].y } ?? start
      let high = places.max { points[$0].y < points[$1].y } ?? start
      return Set([low, high]).sorted().map { points[$0] }
    }
  }

  /// The mean of each point and of those around it; nil where there are too few to smooth.
  var smoothed: Curve? {
    guard points.count >= 40 else { return nil }
    let reach = points.count / 40
    let sums = points.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1.y) }
    return Curve(
      name: name,
      points: points.indices.map { place in
        let (first, end) = (max(0, place - reach), min(points.count, place + reach + 1))
        return (points[place].x, (sums[end] - sums[first]) / Double(end - first))
      }, look: look)
  }
}
