import Compute
import Layers
import Support

extension LayeredModel {
  /// Checks a method's settings, and whether this model's layers suit them.
  /// - Throws: `InputError` naming the setting that cannot be used.
  public func validate(_ method: TrainingMethod, _ layers: TrainedLayers = TrainedLayers()) throws {
    try layers.blocks.validate(blocks: (linears.map(\.role.block).max() ?? 0) + 1)
    let widening = linears.first { $0.role.kind == .intermediate }?.linear
    try method.validate(
      hiddenSize: widening?.inputSize ?? 0, intermediateSize: widening?.outputSize ?? 0,
      linears: linears.map { LinearPlace($0.role, $0.module) })
  }

  /// Makes the model trainable.
  /// - Parameters:
  ///   - method: how the layers learn that the method is for.
  ///   - layers: which layers of the feed-forward blocks these are.
  ///   - scope: what trains beside them.
  ///   - basis: what the preliminary phase found; needed when the method's settings ask for one.
  ///   - accumulation: how many backward passes make a step.
  ///   - seed: draws LoRA's factors, and a random support.
  ///   - record: what sparsely trained weights remember of their changes.
  ///   - engine: what computes.
  /// - Throws: `InputError` when the settings cannot be used with this model, or the basis lacks a layer.
  public func train(
    _ method: TrainingMethod, on layers: TrainedLayers = TrainedLayers(), scope: TrainableScope,
    basis: Basis? = nil, accumulation: Int = 1,
    seed: UInt64 = 42, record: ChangeRecord = .none, _ engine: Engine
  ) throws -> TrainedParameters {
    try validate(method, layers)
    freeze()
    var trained = TrainedParameters()
    var learning: [String: [any Trainable]] = [:]
    var learnt: [LinearSite] = []
    let pool = BufferPool(.optimizer, engine.ledger)
    for site in linears {
      let (role, linear) = (site.role, site.linear)
      let name = linear.weight.name
      switch method {
      case .sparseGrad(let settings) where layers.includes(role):
        let coordinates = try coordinates(role, linear, settings, basis, engine)
        let learner: any WeightLearner & Trainable =
          if case .core = settings.selection {
            DenseCore(
              linear.weight, coordinates, zeroThreshold: settings.zeroThreshold, record: record,
              engine)
          } else {
            try SparseGrad(
              linear.weight, coordinates, settings,
              schedule: SupportSchedule(settings.selection, layer: learnt.count),
              sample: SampledSupport(settings.selection, seed: seed, layer: learnt.count),
              accumulation: accumulation, pool: pool, record: record, engine)
          }
        linear.learner = learner
        learning[name] = trained.addOfMethod([learner])
        trained.sparse.append((site, coordinates))
      case .full where layers.includes(role):
        learning[name] = trained.addOfMethod(
          [trainDensely(linear, role.kind, accumulation, engine)])
      case .lora(let settings)
      where try settings.targetModules.includes(site.module, role.kind)
        && layers.allowsLoRA(on: role, settings.targetModules):
        let lora = LoRA(
          linear, linear.module, settings, index: learnt.count, seed: seed, engine)
        linear.learner = lora
        learning[name] = trained.addOfMethod(
          [lora.down, lora.up].map { LoRAFactor($0, of: linear.weight, engine) })
        trained.additions.append((site, lora))
      default:
        if scope.includes(role) {
          learning[name] = [trainDensely(linear, role.kind, accumulation, engine)]
        }
        continue
      }
      learnt.append(site)
    }
    for parameter in others(method, scope, learnt) {
      learning[parameter.name] = [
        parameter.part == .embeddings && parameter.shape.count > 1
          ? try TableParameter(parameter, engine) : DenseParameter(parameter, for: .loops, engine)
      ]
    }
    trained.all = parameters.flatMap { learning[$0.name] ?? [] }
    return trained
  }

  /// Makes the layers above the blocks trainable, and nothing else.
  public func trainHead(_ engine: Engine) -> TrainedParameters {
    freeze()
    var trained = TrainedParameters()
    for site in linears where site.role.kind.isOfHead {
      trained.all.append(trainDensely(site.linear, site.role.kind, 1, engine))
      if let bias = site.linear.bias {
        trained.all.append(DenseParameter(bias, for: .loops, engine))
      }
    }
    return trained
  }

  /// Makes nothing trainable.
  public func freeze() {
    for parameter in parameters { parameter.freeze() }
    for site in linears { site.linear.learner = nil }
  }

  private func trainDensely(
    _ linear: Linear, _ kind: LinearRole.Kind, _ accumulation: Int, _ engine: Engine
  ) -> any Trainable {
    linear.learner = FullFineTuning(linear.weight)
    // The head of a language model is computed in pieces, and its weight may be the word table, too.
    let isOneProduct = accumulation == 1 && kind != .vocabulary
    return DenseParameter(
      linear.weight, for: .products, gradient: isOneProduct ? .product : .any, engine)
  }

  /// The parameters that train and are no weights of linear layers.
  private func others(
    _ method: TrainingMethod, _ scope: TrainableScope,
    _ learnt: [LinearSite]
  ) -> [Parameter] {
    let weights = Set(linears.map(\.linear.weight.name))
    let biases = Dictionary(
      uniqueKeysWithValues: linears.compactMap { site in
        site.linear.bias.map { ($0.name, site.role) }
      })
    let beside = Set(
      learnt.filter { method.trainsBias(of: $0.role) }.compactMap(\.linear.bias?.name))
    return parameters.filter { parameter in
      if weights.contains(parameter.name) { return false }
      guard let role = biases[parameter.name] else {
        // Those of the normalisations are biases, too.
        return scope == .all || (method.trainsAllBiases && parameter.name.hasSuffix(".bias"))
      }
      return scope.includes(role) || beside.contains(parameter.name) || method.trainsAllBiases
    }
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
      let found = basis.coordinates(role, settings, engine.ledger),
      found.output.size == linear.outputSize, found.input.size == linear.inputSize
    else {
      throw InputError(
        "basis", at: linear.weight.name, "has no basis of the axes and sharing of the settings")
    }
    return found
  }
}

extension TrainableScope {
  /// Whether the weight of a layer that no method is on trains densely.
  package func includes(_ role: LinearRole) -> Bool {
    switch self {
    case .all: true
    case .head: role.kind.isOfHead
    case .mlp: false
    }
  }
}

extension TrainedLayers {
  /// Whether LoRA may be on a layer that its target modules include: names of modules are meant in the chosen blocks.
  package func allowsLoRA(on role: LinearRole, _ modules: TargetModules) -> Bool {
    modules == .mlp ? includes(role) : role.kind.isOfHead || blocks.includes(role.block)
  }
}

extension TrainingMethod {
  /// Whether the bias of a layer that the method is on trains, whatever the scope.
  fileprivate func trainsBias(of role: LinearRole) -> Bool {
    if case .lora(let settings) = self { settings.bias == .loraOnly } else { true }
  }

  fileprivate var trainsAllBiases: Bool {
    if case .lora(let settings) = self { settings.bias == .all } else { false }
  }
}
