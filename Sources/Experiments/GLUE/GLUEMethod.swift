import Methods
import Support

/// A method of a comparison, with its settings.
public struct GLUEMethod: Hashable, Sendable {
  /// What tables call it: `full`, `sparsegrad`, `sparsegrad:axes=hidden,sharing=per-block`, ...
  public let name: String
  /// The name without its settings, by which learning rates are given: `sparsegrad-paper` and `sparsegrad` are
  /// one `method` with different settings.
  public let base: String
  /// The method; `density` changes how many elements of each MLP weight it trains.
  public let method: TrainingMethod
  /// The share of each MLP weight's elements that train; nil leaves `method` as it is.
  public let density: Double?
  /// The one learning rate of this method, before those of the grid.
  public let learningRate: Double?

  /// Regular fine-tuning trains every element, so it has no density.
  /// - Parameters:
  ///   - name: what tables call the method.
  ///   - method: the method with its settings.
  ///   - base: nil takes `TrainingMethod.name`.
  ///   - density: the share of each MLP weight's elements that train, where it is chosen so.
  ///   - learningRate: the learning rate, if it is fixed.
  public init(
    _ name: String, _ method: TrainingMethod, base: String? = nil, density: Double? = nil,
    learningRate: Double? = nil
  ) {
    self.name = name
    self.base = base ?? method.name
    self.method = method
    self.density = method == .full ? nil : density
    self.learningRate = learningRate
  }

  /// The method with the number of trainable elements that `density` means in a model. LoRA gets the rank that
  /// comes nearest, at the same alpha / rank.
  public func method(for weights: MLPWeights) -> TrainingMethod {
    guard let density else { return method }
    switch method {
    case .full: return method
    case .sparseGrad(var settings):
      settings.density = .share(density)
      return .sparseGrad(settings)
    case .lora(var settings):
      let rank = MethodBudget.rank(
        density: density, outputSize: weights.intermediateSize, inputSize: weights.hiddenSize)
      settings.loraAlpha *= Double(rank) / Double(settings.rank)
      settings.rank = rank
      return .lora(settings)
    }
  }

  /// Checks the method against a model that is not loaded yet.
  /// - Throws: `InputError` naming the method, the model and the setting that cannot be used.
  public func validate(for model: GLUEModel) throws {
    do {
      try model.weights.validate(method(for: model.weights))
    } catch let error as InputError {
      throw InputError(.methods, at: "\"\(name)\" on \(model.name)", error.description)
    }
  }

  /// The name of the folder of its cells, the same for the same name and density.
  var folder: String {
    let plain = name.map { ":,/ ".contains($0) ? "-" : $0 }
    return String(plain) + (density.map { "-density=\($0)" } ?? "")
  }
}
