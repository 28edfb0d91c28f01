import Methods

extension MethodBudget {
  /// How many of a model's MLP weights a method trains: of LoRA's targets there may be some among them, or none.
  public static func trainedWeights(_ method: TrainingMethod, _ weights: MLPWeights) -> Int {
    guard case .lora(let settings) = method else { return weights.count }
    let mlp = weights.linears.filter(\.role.isMLP)
    return mlp.count { (try? settings.targetModules.includes($0.module, $0.role.kind)) ?? false }
  }

  /// How many elements a method trains for each of these MLP weights; 0 when there are none.
  public static func trainedElements(_ method: TrainingMethod, _ weights: MLPWeights) -> Int {
    guard trainedWeights(method, weights) > 0 else { return 0 }
    return switch method {
    case .full: weights.elements
    case .sparseGrad(let settings): settings.density.count(of: weights.elements)
    case .lora(let settings): settings.rank * (weights.intermediateSize + weights.hiddenSize)
    }
  }

  /// Lines that say how many elements of each MLP weight the methods train, and why.
  public static func explanation(
    of methods: [GLUEMethod], for model: String, _ weights: MLPWeights
  ) -> [String] {
    let (hidden, inner) = (weights.hiddenSize, weights.intermediateSize)
    let width = methods.map(\.name.count).max() ?? 0
    let head =
      "\(model): \(weights.count) MLP weights of \(inner) x \(hidden) = \(weights.elements) elements"
    return [head]
      + methods.map { method in
        let resolved = method.method(for: weights)
        let trained = trainedElements(resolved, weights)
        let name = method.name + String(repeating: " ", count: width - method.name.count)
        return "  \(name)  \(trained) each\(reason(resolved, method.density, weights))"
      }
  }

  private static func reason(
    _ method: TrainingMethod, _ density: Double?, _ weights: MLPWeights
  ) -> String {
    let (hidden, inner) = (weights.hiddenSize, weights.intermediateSize)
    switch method {
    case .full: return ": all"
    case .sparseGrad: return density.map { ": \($0) x \(weights.elements)" } ?? ""
    case .lora(let settings):
      let count = trainedWeights(method, weights)
      guard count > 0 else { return ": rank \(settings.rank) is on other layers" }
      let some = count < weights.count ? " of \(count)" : ""
      let product = "\(some): rank \(settings.rank) x (\(inner) + \(hidden))"
      guard let density else { return product }
      return product
        + ", the rank nearest to \(density) x \(weights.elements) / (\(inner) + \(hidden))"
    }
  }
}
