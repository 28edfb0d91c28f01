import Foundation
import Inspection

/// Magnitudes of one or more matrices side by side as colours: one logarithmic scale for all, over five powers of ten below
/// the largest magnitude.
struct HeatMap {
  /// A matrix and what it is.
  struct Panel {
    let name: String
    let grid: MagnitudeGrid

    /// What stands above it.
    var title: String { "\(name), \(grid.size.rows) x \(grid.size.columns)" }
  }

  private static let decades = 5.0
  /// Those of the scale, from the darkest to the brightest; two more stand for 0 and for the space between panels.
  private static let shades = 254
  private static let (zero, space) = (UInt8(shades), UInt8(shades + 1))
  private static let (gap, barWidth) = (12, 14)

  let title: String
  let panels: [Panel]
  /// The magnitude of the brightest colour.
  private let largest: Float

  init(title: String, panels: [Panel]) {
    (self.title, self.panels) = (title, panels)
    largest = panels.compactMap { $0.grid.values.max() }.max() ?? 0
  }

  private var height: Int { panels.map(\.grid.cells.rows).max() ?? 1 }

  /// The scale's become brighter, so that prints without colour can be read, too.
  private static let palette: [[UInt8]] = {
    let stops: [[Double]] = [
      [8, 6, 28], [43, 22, 92], [108, 32, 116], [178, 52, 96], [229, 99, 58], [250, 172, 60],
      [253, 244, 178],
    ]
    let ramp = (0..<shades).map { index -> [UInt8] in
      let place = Double(index) / Double(shades - 1) * Double(stops.count - 1)
      let low = min(Int(place), stops.count - 2)
      return (0..<3).map {
        UInt8(stops[low][$0] + (stops[low + 1][$0] - stops[low][$0]) * (place - Double(low)))
      }
    }
    return ramp + [[190, 194, 200], [255, 255, 255]]
  }()

  private func color(_ value: Float) -> UInt8 {
    guard value > 0, largest > 0 else { return Self.zero }
    let place = 1 + log10(Double(value / largest)) / Self.decades
    return UInt8(min(1, max(0, place)) * Double(Self.shades - 1))
  }

  /// The panels, and the colours of the scale at the right with the largest magnitude on top.
  var png: PNG {
    let widths = panels.map(\.grid.cells.columns)
    let width = widths.reduce(0) { $0 + $1 + Self.gap } + Self.barWidth
    var pixels = [UInt8](repeating: Self.space, count: width * height)
    var left = 0
    for panel in panels {
      let cells = panel.grid.cells
      for row in 0..<cells.rows {
        for column in 0..<cells.columns {
          pixels[row * width + left + column] =
            color(panel.grid.values[row * cells.columns + column])
        }
      }
      left += cells.columns + Self.gap
    }
    for row in 0..<height {
      let shade = UInt8((Self.shades - 1) * (height - 1 - row) / max(1, height - 1))
      for column in left..<width { pixels[row * width + column] = shade }
    }
    return PNG(width: width, height: height, palette: Self.palette, pixels: pixels)
  }

  /// The same with titles, and numbers beside the scale.
  var svg: StandaloneSVG {
    let png = png
    let (zoom, top, side) = (max(1, 480 / max(1, png.width)), 44.0, 72.0)
    // Few rows are drawn taller, so that the scale beside them can be read.
    let tall = max(zoom, (120 + png.height - 1) / max(1, png.height))
    let (width, height) = (Double(png.width * zoom), Double(png.height * tall))
    var parts: [HTML] = [
      ChartFrame.label(title, 0, 14, "start"),
      .element(
        "image",
        [
          "x": "0", "y": top.fixed(0), "width": width.fixed(0), "height": height.fixed(0),
          "style": "image-rendering: pixelated", "preserveAspectRatio": "none",
          "href": "data:image/png;base64,\(png.data.base64EncodedString())",
        ]),
    ]
    var left = 0
    for panel in panels {
      parts.append(ChartFrame.label(panel.title, Double(left * zoom), top - 8, "start"))
      left += panel.grid.cells.columns + Self.gap
    }
    for decade in 0...Int(Self.decades) where largest > 0 {
      let y = top + height * Double(decade) / Self.decades
      parts.append(
        ChartFrame.label(
          String(format: "%.0e", Double(largest) * pow(10, -Double(decade))), width + 6,
          min(top + height, max(top + 8, y + 4)), "start"))
    }
    return StandaloneSVG(width: width + side, height: top + height + 6, title: title, parts)
  }

  /// A line a row of cells: the panel's name, the row's number, and the magnitude in each column.
  var csv: String {
    let columns = panels.map(\.grid.cells.columns).max() ?? 0
    let lines = panels.flatMap { panel -> [String] in
      let cells = panel.grid.cells
      return (0..<cells.rows).map { row in
        let values = panel.grid.values[row * cells.columns..<(row + 1) * cells.columns]
        return "\(panel.name.asCSV),\(row),"
          + values.map { String(format: "%.4g", $0) }.joined(separator: ",")
      }
    }
    let header = "panel,row," + (0..<columns).map { "\($0)" }.joined(separator: ",")
    return ([header] + lines).joined(separator: "\n") + "\n"
  }
}
