import Compute
import Layers
import Support

/// LoRA on one linear layer: y = x Wᵀ + scaling · dropout(x) Aᵀ Bᵀ, where W stays as it is and A and B learn.
package final class LoRA: WeightLearner, WeightAddition {
  /// A [rank, in] (`lora_A`): uniform, as PyTorch draws a linear layer's weight.
  package let down: Parameter
  /// B [out, rank] (`lora_B`): zero, so that training starts from the base model.
  package let up: Parameter
  private let scaling: Float
  private let site: DropoutSite
  /// What the forward pass has left for the backward pass.
  private var tape: Tape?

  private struct Tape {
    /// scaling · dropout(x) Aᵀ [rows, rank].
    let projection: Operand
    /// Room for its gradient, scaling · dy B, and whether it is there: the backward pass keeps nothing.
    let gradient: Operand
    var hasGradient = false
  }

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

  package var addition: (any WeightAddition)? { self }

  package var keepsWholeInput: Bool { true }

  package func keep(_ input: Operand, _ engine: Engine) -> Operand { input }

  package func addOutput(_ x: Operand, to y: Matrix<Float>, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      let z = engine.operand(x.rows, down.rows, in: pass.arena)
      multiply(.nt, dropped(x, pass), down, into: z, engine)
      engine.multiply(.nt, z, up.operand(engine), into: y, .add)
      tape = nil
      if pass.isTraining {
        tape = Tape(projection: z, gradient: engine.operand(x.rows, down.rows, in: pass.arena))
      }
    }
  }

  package func addInputGradient(_ dy: Operand, to dx: Matrix<Float>, _ pass: Pass) {
    let engine = pass.engine
    guard let dz = projectedGradient(dy, engine) else { return }
    guard isDropping(pass) else {
      return engine.multiply(.nn, dz, down.operand(engine), into: dx, .add)
    }
    engine.scratch.scope {
      let part = engine.scratch.matrix(dx.rows, dx.columns, of: Float.self)
      engine.multiply(.nn, dz, down.operand(engine), into: part)
      site.apply(pass, part, into: part)
      engine.add(part, to: dx)
    }
  }

  package func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    guard let projection = tape?.projection, let dz = projectedGradient(outputGradient, engine)
    else { return }
    engine.scratch.scope {
      up.addGradient(pass) {
        engine.multiply(.tn, outputGradient, projection, into: $0, $1)
      }
      down.addGradient(pass) {
        engine.multiply(.tn, dz, dropped(kept, pass), into: $0, $1)
      }
    }
    tape = nil
  }

  package func merge(into weight: Matrix<Float>, _ engine: Engine) {
    LowRankProduct(up: up.value, down: down.value, scaling: scaling).add(to: weight, engine)
  }

  /// scaling · dy B, computed once.
  private func projectedGradient(_ dy: Operand, _ engine: Engine) -> Operand? {
    guard let tape else { return nil }
    if !tape.hasGradient {
      engine.scratch.scope { multiply(.nn, dy, up, into: tape.gradient, engine) }
      self.tape?.hasGradient = true
    }
    return tape.gradient
  }

  /// scaling times a product with a factor.
  private func multiply(
    _ form: ProductForm, _ x: Operand, _ factor: Parameter, into result: Operand, _ engine: Engine
  ) {
    let wide = engine.wide(result)
    engine.multiply(form, x, factor.operand(engine), into: wide)
    engine.scale(wide, by: scaling)
    if case .bfloat16(let rounded) = result { engine.round(wide, into: rounded) }
  }

  private func isDropping(_ pass: Pass) -> Bool {
    pass.dropout != nil && site.probability > 0
  }

  /// The input with this pass's elements dropped, in scratch memory; x itself when none are.
  private func dropped(_ x: Operand, _ pass: Pass) -> Operand {
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
