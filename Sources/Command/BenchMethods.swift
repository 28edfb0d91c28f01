import ArgumentParser
import SparseGrad

/// `--methods`: names separated by commas, each with settings of its own after a colon, which are flags of
/// `finetune`: `full,sparsegrad:axes=model,sharing=per-block`.
enum BenchMethods {
  /// - Throws: `InputError` naming the method that cannot be used.
  static func parse(_ text: String, for weights: MLPWeights) throws -> [(String, TrainingMethod)] {
    // A part without a name of its own is a further setting of the method before it.
    var specifications: [String] = []
    for part in text.split(separator: ",").map(String.init) {
      if part.contains("="), !part.contains(":"), let last = specifications.popLast() {
        specifications.append(last + "," + part)
      } else {
        specifications.append(part)
      }
    }
    guard !specifications.isEmpty else { throw InputError("--methods", "expected a method") }
    return try specifications.map { ($0, try method($0, weights)) }
  }

  private static func method(_ text: String, _ weights: MLPWeights) throws -> TrainingMethod {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let name = parts.first ?? ""
    let settings = parts.dropFirst().flatMap { $0.split(separator: ",") }.map { "--\($0)" }
    let options: MethodOptions
    do {
      // Methods differ in the MLP's weights only: its biases train with LoRA, too.
      options = try MethodOptions.parse(
        (name == "sparsegrad-paper" ? paper : ["--method=\(name)", "--lora-bias=lora_only"])
          + settings)
      try options.trainingMethod.validate()
    } catch let error as InputError {
      throw InputError("--methods", "\"\(text)\": \(error)")
    } catch {
      throw InputError("--methods", "\"\(text)\": \(MethodOptions.message(for: error))")
    }
    guard case .lora(var lora) = options.trainingMethod, !text.contains("lora-rank") else {
      return options.trainingMethod
    }
    // As many trainable elements as the others have.
    lora.rank = MethodBudget.rank(
      density: options.density, outputSize: weights.intermediateSize,
      inputSize: weights.hiddenSize)
    lora.loraAlpha = Double(lora.rank)
    return .lora(lora)
  }

  /// Both axes rotated, one basis for all blocks, the largest elements of every step's gradient.
  private static let paper = [
    "--method=sparsegrad", "--axes=both", "--sharing=shared", "--support=dynamic",
    "--model-candidates=1", "--hidden-candidates=1",
  ]
}
