import SparseGrad

/// `--methods` of a measurement: as of a comparison, and every LoRA whose rank is not said trains as many
/// elements as the others.
enum BenchMethods {
  /// - Throws: `InputError` naming the method that cannot be used.
  static func parse(_ text: String, for weights: MLPWeights) throws -> [(String, TrainingMethod)] {
    let specifications = try MethodSpecification.list(text)
    guard !specifications.isEmpty else { throw InputError("--methods", "expected a method") }
    return try specifications.map { ($0.text, try method($0, weights)) }
  }

  private static func method(_ specification: MethodSpecification, _ weights: MLPWeights) throws
    -> TrainingMethod
  {
    let options = try specification.options()
    guard case .lora(var lora) = options.trainingMethod, !specification.text.contains("lora-rank")
    else { return options.trainingMethod }
    lora.rank = MethodBudget.rank(
      density: options.density ?? 0.01, outputSize: weights.intermediateSize,
      inputSize: weights.hiddenSize)
    lora.loraAlpha = Double(lora.rank)
    return .lora(lora)
  }
}
