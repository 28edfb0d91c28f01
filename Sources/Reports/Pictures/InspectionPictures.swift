import Foundation
import Inspection
import Support

/// The pictures of an inspection, and the numbers behind them, as files of a folder.
public struct InspectionPictures {
  private let layers: [InspectedLayer]

  /// The pictures of these layers.
  public init(_ layers: [InspectedLayer]) {
    self.layers = layers
  }

  /// Why there are no PNG files of curves, and heat maps without titles; nil where librsvg draws them.
  public static var notice: String? {
    SVGRenderer.problem.map { "curves are drawn as SVG only: \($0)" }
  }

  /// Writes them: for each layer `block-B-KIND-dw` (figure 2 of the paper), `-dy` and `-non-zero` (figure 3), `-energy`,
  /// `-concentration`, `-spectra` and `-overlap`, and for all layers `non-zero` (figure 3).
  /// - Parameter folder: takes the place of a folder that is there.
  /// - Throws: `InputError` naming the file and the system's reason.
  public func write(to folder: URL) throws {
    let renderer = SVGRenderer()
    try AtomicOutput.folder(at: folder) { folder in
      func write(_ data: Data?, _ name: String) throws {
        guard let data else { return }
        try AtomicOutput.write(data, to: folder.appendingPathComponent(name))
      }
      func write(_ name: String, _ svg: StandaloneSVG?, else cells: PNG? = nil, _ csv: String)
        throws
      {
        try write(svg.map { Data($0.text.utf8) }, "\(name).svg")
        let drawn = svg.flatMap { svg in renderer.flatMap { $0.png(svg) } }
        try write(drawn ?? cells?.data, "\(name).png")
        try write(Data(csv.utf8), "\(name).csv")
      }
      for layer in layers {
        let name = "block-\(layer.block)-\(layer.kind)"
        for (map, kind) in [(gradient(layer), "dw"), (outputGradient(layer), "dy")] {
          try write("\(name)-\(kind)", map.svg, else: map.png, map.csv)
        }
        for (chart, kind) in [
          (energy(layer), "energy"), (concentration(layer), "concentration"),
          (nonZero(layer), "non-zero"), (spectra(layer), "spectra"), (overlap(layer), "overlap"),
        ] { try write("\(name)-\(kind)", chart.svg, chart.csv) }
      }
      try write("non-zero", nonZero.svg, nonZero.csv)
    }
  }

  private func title(_ layer: InspectedLayer) -> String { "block \(layer.block), \(layer.kind)" }

  private func gradient(_ layer: InspectedLayer) -> HeatMap {
    HeatMap(
      title: "|dW| of \(title(layer)); the same scale left and right",
      panels: [("original", layer.gradient), ("rotated", layer.rotatedGradient)].compactMap {
        name, grid in grid.map { HeatMap.Panel(name: name, grid: $0) }
      })
  }

  private func outputGradient(_ layer: InspectedLayer) -> HeatMap {
    HeatMap(
      title: "|dY| of \(title(layer)), a token a row; grey is 0",
      panels: [("padded", layer.paddedOutputGradient), ("as computed", layer.outputGradient)]
        .compactMap { name, grid in
          grid.map { HeatMap.Panel(name: name, grid: $0) }
        })
  }

  /// A curve for each space.
  private func curves(_ shares: [GradientSpace: [Double]], at places: [Double]) -> [Curve] {
    GradientSpace.allCases.compactMap { space in
      shares[space].map { shares in
        Curve(name: space.rawValue, points: zip(places, shares).map { (x: $0, y: $1) })
      }
    }
  }

  private func energy(_ layer: InspectedLayer) -> LineChart {
    LineChart(
      title: "Squared gradient in the largest elements, \(title(layer))",
      names: ("share of the elements", "share of the squared gradient"),
      curves: curves(layer.energy, at: InspectedLayer.densities), isLogarithmic: (x: true, y: false)
    )
  }

  private func spectra(_ layer: InspectedLayer) -> LineChart {
    func curve(_ name: String, _ values: [Float]) -> Curve {
      // Rounding makes the smallest of them negative.
      let positive = values.filter { $0 > 0 }
      return Curve(
        name: name, points: positive.enumerated().map { (x: Double($0 + 1), y: Double($1)) })
    }
    return LineChart(
      title: "Eigenvalues of the summed squares, \(title(layer))",
      names: ("number of the eigenvalue", "eigenvalue"),
      curves: [
        curve("output axis", layer.spectra.output), curve("input axis", layer.spectra.input),
      ],
      isLogarithmic: (x: true, y: true))
  }

  private func concentration(_ layer: InspectedLayer) -> LineChart {
    LineChart(
      title: "Squared gradient in the largest 1 %, \(title(layer))",
      names: ("step", "share of the squared gradient"),
      curves: curves(layer.concentration, at: steps(of: layer)))
  }

  private func steps(of layer: InspectedLayer) -> [Double] {
    layer.nonZero.indices.map { Double($0 + 1) }
  }

  private func overlap(_ layer: InspectedLayer) -> LineChart {
    LineChart(
      title: "Largest 1 % that were so one step before, \(title(layer))",
      names: ("step", "share"),
      // The first one has none before it.
      curves: curves(layer.overlaps, at: Array(steps(of: layer).dropFirst())))
  }

  private static let nonZeroNames = (
    computed: "as computed here, without padding",
    padded: "padded to the longest sequence, all tokens"
  )

  /// The share of dY that is not zero, step by step.
  private func nonZero(_ layer: InspectedLayer) -> LineChart {
    func curve(_ name: String, _ shares: [Double]) -> Curve {
      Curve(name: name, points: zip(steps(of: layer), shares).map { (x: $0, y: $1) })
    }
    return LineChart(
      title: "Elements of dY that are not zero, \(title(layer))",
      names: ("step", "share that is not zero"),
      curves: [
        curve(Self.nonZeroNames.computed, layer.nonZero.map(\.computed)),
        curve(Self.nonZeroNames.padded, layer.nonZero.map(\.padded)),
      ])
  }

  /// How often which share of dY is not zero, in twenty classes.
  private var nonZero: LineChart {
    let (classes, all) = (20, layers.flatMap(\.nonZero))
    func histogram(_ name: String, _ shares: [Double]) -> Curve {
      var counts = [Int](repeating: 0, count: classes)
      for share in shares {
        counts[min(classes - 1, Int(max(0, share) * Double(classes)))] += 1
      }
      return Curve(
        name: name,
        points: counts.enumerated().map { place, count in
          (x: (Double(place) + 0.5) / Double(classes), y: Double(count))
        }, shape: .steps(1 / Double(classes)))
    }
    return LineChart(
      title: "Elements of dY that are not zero, all layers and steps",
      names: ("share that is not zero", "how often"),
      curves: [
        histogram(Self.nonZeroNames.computed, all.map(\.computed)),
        histogram(Self.nonZeroNames.padded, all.map(\.padded)),
      ])
  }
}
