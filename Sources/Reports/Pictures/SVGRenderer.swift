import CSVG
import Foundation

/// Draws SVG files as PNG files, by librsvg where the system has it.
struct SVGRenderer {
  /// Pixels for a unit of the drawing.
  private static let zoom = 2.0

  /// Nil without librsvg; `problem` says what is missing.
  init?() { if Self.problem != nil { return nil } }

  /// Why nothing can be drawn; nil when all is well.
  static var problem: String? { svg_open().map { String(cString: $0) } }

  /// The drawing as a PNG file on white; nil when librsvg does not take it.
  func png(_ svg: StandaloneSVG) -> Data? {
    var picture = Data()
    let text = Array(svg.text.utf8)
    let (width, height) = (Int32(svg.width * Self.zoom), Int32(svg.height * Self.zoom))
    let isWhole = withUnsafeMutablePointer(to: &picture) { picture in
      svg_write_png(
        text, text.count, width, height,
        { context, bytes, count in
          guard let picture = context?.assumingMemoryBound(to: Data.self) else { return 0 }
          picture.pointee.append(Data(bytes: bytes, count: count))
          return 1
        }, picture)
    }
    return isWhole != 0 ? picture : nil
  }
}
