import Compute
import Layers
import Models
import Support

/// How the MLP weights learn.
public enum TrainingMethod: Hashable, Codable, Sendable {
  /// Regular fine-tuning: every element.
  case full
  /// Selected elements in a basis; MeProp is the case without one.
  case sparseGrad(SparseGradSettings)

  /// The name to write down: `full`, `meprop` or `sparsegrad`.
  public var name: String {
    switch self {
    case .full: "full"
    case .sparseGrad(let settings): settings.axes == .none ? "meprop" : "sparsegrad"
    }
  }
}

/// What trains beside the MLP weights.
public enum TrainableScope: String, CaseIterable, Codable, Sendable {
  /// Everything else, densely, as in the paper's GLUE runs.
  case all = "mlp+rest"
  /// The MLP's biases, and the layers above the blocks.
  case head = "mlp+head"
  /// The MLP's biases only, as in the paper's LLaMA runs.
  case mlp
}

extension SequenceClassifier {
  /// Makes the model trainable.
  /// - Parameters:
  ///   - basis: what the preliminary phase found; needed when the method's settings ask for one.
  ///   - accumulation: how many backward passes make a step.
  /// - Returns: everything that a step changes, in the order of the model's parameters.
  /// - Throws: `InputError` when settings are out of range, or the basis lacks a layer.
  public func train(
    _ method: TrainingMethod, scope: TrainableScope, basis: Basis? = nil, accumulation: Int = 1,
    _ engine: Engine
  ) throws -> [any Trainable] {
    freeze()
    var learning: [String: any Trainable] = [:]
    var sparseLayers = 0
    for (role, linear) in linears {
      switch method {
      case .sparseGrad(let settings) where role.isMLP:
        try settings.validate()
        let learner = SparseGrad(
          linear.weight, try coordinates(role, linear, settings, basis, engine), settings,
          schedule: SupportSchedule(settings.selection, layer: sparseLayers),
          accumulation: accumulation, engine)
        sparseLayers += 1
        linear.learner = learner
        learning[linear.weight.name] = learner
      default:
        guard role.isMLP || scope.includes(role) else { continue }
        linear.learner = FullFineTuning(linear.weight)
        learning[linear.weight.name] = DenseParameter(linear.weight, engine)
      }
    }
    let linearWeights = Set(linears.map(\.linear.weight.name))
    let biases = Dictionary(
      uniqueKeysWithValues: linears.map { ($0.linear.bias.name, $0.role) })
    for parameter in parameters where !linearWeights.contains(parameter.name) {
      if biases[parameter.name].map(scope.includesBias) ?? (scope == .all) {
        learning[parameter.name] = DenseParameter(parameter, engine)
      }
    }
    return parameters.compactMap { learning[$0.name] }
  }

  /// Makes nothing trainable.
  public func freeze() {
    for parameter in parameters { parameter.freeze() }
    for (_, linear) in linears { linear.learner = nil }
  }

  private func coordinates(
    _ role: LinearRole, _ linear: Linear, _ settings: SparseGradSettings, _ basis: Basis?,
    _ engine: Engine
  ) throws -> WeightCoordinates {
    guard settings.needsBasis else {
      return WeightCoordinates(
        output: .all(size: linear.outputSize), input: .all(size: linear.inputSize))
    }
    guard let basis, basis.axes == settings.axes, basis.sharing == settings.sharing,
      let found = basis.coordinates(role, settings),
      found.output.size == linear.outputSize, found.input.size == linear.inputSize
    else {
      throw InputError(
        "basis", at: linear.weight.name, "has no basis of the axes and sharing of the settings")
    }
    return found
  }
}

extension TrainableScope {
  /// Whether the weight of a linear layer outside the MLP trains.
  package func includes(_ role: LinearRole) -> Bool {
    switch self {
    case .all: true
    case .head: role.kind == .pooler || role.kind == .classifier
    case .mlp: false
    }
  }

  fileprivate func includesBias(_ role: LinearRole) -> Bool {
    includes(role) || role.isMLP
  }
}
