import Compute
import Layers
import Support

/// LoRA on one linear layer: y = x Wᵀ + scaling · dropout(x) Aᵀ Bᵀ, where W stays as it is and A and B learn.
final class LoRA: WeightAddition {
  /// A [rank, in] (`lora_A`): uniform, as PyTorch draws a linear layer's weight.
  let down: Parameter
  /// B [out, rank] (`lora_B`): zero, so that training starts from the base model.
  let up: Parameter
  private let scaling: Float
  private let site: DropoutSite
  /// scaling · dropout(x) Aᵀ of the forward pass whose backward pass is to come.
  private var projection: Operand?
  /// The gradient of dropout(x) Aᵀ, once the backward pass has been here.
  private var projectionGradient: Operand?

  /// - Parameters:
  ///   - module: the layer's name: its weight's without `.weight`.
  ///   - index: tells the layer's draws from those of other layers.
  init(
    _ linear: Linear, _ module: String, _ settings: LoRASettings, index: Int, seed: UInt64,
    _ engine: Engine
  ) {
    func factor(_ name: String, _ shape: [Int]) -> Parameter {
      Parameter("\(module).\(name).weight", shape: shape, part: .mlp, ledger: engine.ledger)
    }
    down = factor("lora_A", [settings.rank, linear.inputSize])
    up = factor("lora_B", [linear.outputSize, settings.rank])
    scaling = Float(settings.scaling)
    // Far above the sites of the model's own dropout.
    site = DropoutSite(1 << 24 + index, settings.loraDropout)
    var random = RandomStream(seed: seed, purpose: .initialization, index: 1 << 24 + index)
    let bound = 1 / Float(linear.inputSize).squareRoot()
    for i in down.value.elements.indices {
      down.value.elements[i] = Float.random(in: -bound...bound, using: &random)
    }
  }

  var keepsWholeInput: Bool { true }

  func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  func addOutput(_ x: Operand, to y: Matrix<Float>, _ pass: ForwardPass) {
    let (engine, arena) = (
      pass.engine, pass.isTraining ? pass.engine.activations : pass.engine.scratch
    )
    engine.scratch.scope {
      let z = product(
        .timesTransposed, dropped(x, pass), down, columns: down.rows, in: arena, engine)
      engine.multiply(.timesTransposed, z, up.operand(engine), into: y, .add)
      projection = pass.isTraining ? z : nil
    }
  }

  func addInputGradient(_ dy: Operand, to dx: Matrix<Float>, _ pass: ForwardPass) {
    let engine = pass.engine
    let dz = projectedGradient(dy, engine)
    projectionGradient = dz
    guard isDropping(pass) else {
      return engine.multiply(.plain, dz, down.operand(engine), into: dx, .add)
    }
    engine.scratch.scope {
      let part = engine.scratch.matrix(dx.rows, dx.columns, of: Float.self)
      engine.multiply(.plain, dz, down.operand(engine), into: part)
      site.apply(pass, part, into: part)
      engine.add(part, to: dx)
    }
  }

  func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: ForwardPass) {
    let engine = pass.engine
    let dz = projectionGradient ?? projectedGradient(outputGradient, engine)
    engine.scratch.scope {
      if let projection {
        up.addGradient {
          engine.multiply(.transposedTimes, outputGradient, projection, into: $0, $1)
        }
      }
      down.addGradient {
        engine.multiply(.transposedTimes, dz, dropped(kept, pass), into: $0, $1)
      }
    }
    (projection, projectionGradient) = (nil, nil)
  }

  func merge(into weight: Matrix<Float>, _ engine: Engine) {
    LowRankProduct(up: up.value, down: down.value, scaling: scaling).add(to: weight, engine)
  }

  /// scaling · dy B [rows, rank]: so small that it stays among the activations.
  private func projectedGradient(_ dy: Operand, _ engine: Engine) -> Operand {
    engine.scratch.scope {
      product(.plain, dy, up, columns: down.rows, in: engine.activations, engine)
    }
  }

  /// scaling times a product with a factor, as an operand that lives in `arena`.
  private func product(
    _ form: ProductForm, _ x: Operand, _ factor: Parameter, columns: Int, in arena: Arena,
    _ engine: Engine
  ) -> Operand {
    let wide = engine.precision == .bfloat16 ? engine.scratch : arena
    let z = wide.matrix(x.rows, columns, of: Float.self)
    engine.multiply(form, x, factor.operand(engine), into: z)
    engine.scale(z, by: scaling)
    return engine.operand(z, in: arena)
  }

  private func isDropping(_ pass: ForwardPass) -> Bool {
    pass.dropout != nil && site.probability > 0
  }

  /// The input with this pass's elements dropped, in scratch memory; x itself when none are.
  private func dropped(_ x: Operand, _ pass: ForwardPass) -> Operand {
    guard isDropping(pass) else { return x }
    let engine = pass.engine
    let wide = engine.scratch.matrix(x.rows, x.columns, of: Float.self)
    switch x {
    case .float32(let values): site.apply(pass, values, into: wide)
    case .bfloat16(let values):
      engine.widen(values, into: wide)
      site.apply(pass, wide, into: wide)
    }
    return engine.operand(wide, in: engine.scratch)
  }
}
