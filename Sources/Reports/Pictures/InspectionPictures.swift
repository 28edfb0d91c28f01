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

  /// Writes them: for each layer `block-B-KIND-dw` (figure 2 of the paper), `-dy` (figure 3), `-energy`,
  /// `-spectra` and `-overlap`, and for all layers `non-zero` (figure 3).
  /// - Parameter folder: takes the place of a folder that is there.
  /// - Throws: `InputError` naming the file and the system's reason.
  public func write(to folder: URL) throws {
    try AtomicOutput.folder(at: folder) { folder in
      func write(_ text: String?, _ name: String) throws {
        guard let text else { return }
        try AtomicOutput.write(Data(text.utf8), to: folder.appendingPathComponent(name))
      }
      for layer in layers {
        let name = "block-\(layer.block)-\(layer.kind)"
        for (map, kind) in [
          (gradient(layer), "dw"), (outputGradient(layer), "dy"),
        ] {
          try AtomicOutput.write(
            map.png.data, to: folder.appendingPathComponent("\(name)-\(kind).png"))
          try write(map.svg, "\(name)-\(kind).svg")
          try write(map.csv, "\(name)-\(kind).csv")
        }
        for (chart, kind) in [
          (energy(layer), "energy"), (spectra(layer), "spectra"), (overlap(layer), "overlap"),
        ] {
          try write(chart.svg, "\(name)-\(kind).svg")
          try write(chart.csv, "\(name)-\(kind).csv")
        }
      }
      try write(nonZero.svg, "non-zero.svg")
      try write(nonZero.csv, "non-zero.csv")
    }
  }

  private func title(_ layer: InspectedLayer) -> String { "block \(layer.block), \(layer.kind)" }

  private func gradient(_ layer: InspectedLayer) -> HeatMap {
    HeatMap(
      title: "|dW| of \(title(layer)); the same scale left and right",
      panels: [("original", layer.gradient), ("rotated", layer.rotatedGradient)].compactMap {
        name, grid in
        grid.map { HeatMap.Panel(title: "\(name), \($0.size.rows) x \($0.size.columns)", grid: $0) }
      })
  }

  private func outputGradient(_ layer: InspectedLayer) -> HeatMap {
    HeatMap(
      title: "|dY| of \(title(layer)): a token a row",
      panels: [layer.outputGradient].compactMap { $0 }.map {
        HeatMap.Panel(title: "\($0.size.rows) tokens x \($0.size.columns)", grid: $0)
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

  private func overlap(_ layer: InspectedLayer) -> LineChart {
    LineChart(
      title: "Largest 1 % that were so one batch before, \(title(layer))",
      names: ("batch", "share"),
      // The first batch has none before it.
      curves: curves(layer.overlaps, at: layer.nonZero.indices.map { Double($0 + 2) }))
  }

  /// How often which share of dY is not zero, in twenty classes.
  private var nonZero: LineChart {
    let all = layers.flatMap(\.nonZero)
    func curve(_ name: String, _ shares: [Double]) -> Curve {
      var counts = [Int](repeating: 0, count: 20)
      for share in shares { counts[min(19, Int(max(0, share) * 20))] += 1 }
      return Curve(
        name: name,
        points: counts.enumerated().map { (x: (Double($0) + 0.5) / 20, y: Double($1)) })
    }
    return LineChart(
      title: "Elements of dY that are not zero, all layers and batches",
      names: ("share that is not zero", "how often"),
      curves: [
        curve("as computed here, without padding", all.map(\.computed)),
        curve("padded to the longest sequence, all tokens", all.map(\.padded)),
      ])
  }
}
