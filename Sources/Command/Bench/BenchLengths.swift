import ArgumentParser
import Foundation
import SparseGrad

/// `--lengths`: `mean:53`, `fixed:128` or `file:PATH`.
enum BenchLengths: ExpressibleByArgument {
  case distribution(LengthDistribution)
  case file(URL)

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "mean":
      guard let mean = Double(parts[1]), 1...1_000_000 ~= mean else { return nil }
      self = .distribution(.normal(mean: mean))
    case "fixed":
      guard let length = Int(parts[1]), 1...1_000_000 ~= length else { return nil }
      self = .distribution(.fixed(length))
    case "file": self = .file(URL(fileURLWithPath: parts[1]))
    default: return nil
    }
  }

  var defaultValueDescription: String {
    switch self {
    case .distribution(.normal(let mean)): "mean:\(Int(mean))"
    case .distribution(.fixed(let length)): "fixed:\(length)"
    case .distribution(.observed), .distribution(.listed): "file"
    case .file(let url): "file:\(url.path)"
    }
  }
}
