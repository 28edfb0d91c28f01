import ArgumentParser
import SparseGrad

/// `--methods`: names separated by commas, each with settings of its own after a colon, which are the flags of
/// `finetune`: `full,sparsegrad:axes=model,sharing=per-block`.
struct BenchMethods: ExpressibleByArgument {
  let methods: [(name: String, method: TrainingMethod)]

  init?(argument: String) {
    // A part without a name of its own is a further setting of the method before it.
    var specifications: [String] = []
    for part in argument.split(separator: ",").map(String.init) {
      if part.contains("="), !part.contains(":"), let last = specifications.popLast() {
        specifications.append(last + "," + part)
      } else {
        specifications.append(part)
      }
    }
    var methods: [(name: String, method: TrainingMethod)] = []
    for specification in specifications {
      guard let method = Self.method(specification) else { return nil }
      methods.append((specification, method))
    }
    guard !methods.isEmpty else { return nil }
    self.methods = methods
  }

  private static func method(_ specification: String) -> TrainingMethod? {
    let (name, settings) =
      specification.firstIndex(of: ":").map {
        (String(specification[..<$0]), String(specification[$0...].dropFirst()))
      } ?? (specification, "")
    let flags = settings.split(separator: ",").map { "--\($0)" }
    let all =
      name == "sparsegrad-paper" ? ["--method=sparsegrad"] + paper + flags : ["--method=\(name)"] + flags
    guard let options = try? MethodOptions.parse(all) else { return nil }
    return options.trainingMethod
  }

  /// Both axes rotated, one basis for all blocks, the largest elements of every step's gradient.
  private static let paper = [
    "--axes=both", "--sharing=shared", "--support=dynamic", "--input-candidates=1",
    "--output-candidates=1",
  ]
}
