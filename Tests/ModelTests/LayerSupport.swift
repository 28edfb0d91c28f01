import Layers

@testable import Compute
@testable import Methods

/// Numbers from a normal distribution, the same everywhere.
func normals(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
  var stream = RandomStream(seed: seed, purpose: .initialization, index: 0)
  return (0..<count).map { _ in scale * stream.normal() }
}

/// Makes small layers with random, trained parameters.
struct LayerFactory {
  let engine: Engine
  private(set) var parameters: [Parameter] = []
  private var seed: UInt64 = 100

  init(_ engine: Engine) { self.engine = engine }

  /// Elements around `center`.
  mutating func parameter(_ name: String, _ shape: [Int], around center: Float = 0) -> Parameter {
    let parameter = Parameter(name, shape: shape, part: .mlp, ledger: engine.ledger)
    seed += 1
    for (i, noise) in normals(parameter.count, seed: seed, scale: 0.4).enumerated() {
      parameter.value.elements[i] = center + noise
    }
    parameter.trainDensely(engine)
    parameters.append(parameter)
    return parameter
  }

  mutating func linear(_ name: String, _ output: Int, _ input: Int) -> Linear {
    let linear = Linear(
      weight: parameter(name + ".weight", [output, input]),
      bias: parameter(name + ".bias", [output]))
    linear.learner = FullFineTuning(linear.weight)
    return linear
  }

  mutating func norm(_ name: String, _ size: Int) -> LayerNorm {
    LayerNorm(
      weight: parameter(name + ".weight", [size], around: 1),
      bias: parameter(name + ".bias", [size]), epsilon: 1e-5)
  }

  mutating func rmsNorm(_ name: String, _ size: Int) -> RMSNorm {
    RMSNorm(weight: parameter(name + ".weight", [size], around: 1), epsilon: 1e-5)
  }

  /// Forgets what was made, as it is not used.
  mutating func dropParameters() { parameters = [] }

  /// A matrix that lives as long as the engine.
  mutating func matrix(_ rows: Int, _ columns: Int) -> Matrix<Float> {
    seed += 1
    let matrix = engine.activations.matrix(rows, columns, of: Float.self)
    _ = matrix.elements.update(from: normals(rows * columns, seed: seed))
    return matrix
  }
}

/// Σ a b
func dot(_ a: Matrix<Float>, _ b: Matrix<Float>) -> Double {
  zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

extension Parameter {
  /// The gradient with all its rows; nil when the parameter does not train.
  var wholeGradient: [Float]? {
    guard let rowGradient else {
      return switch anyGradient {
      case .float32(let gradient): Array(gradient.elements)
      case .bfloat16(let gradient): gradient.elements.map(\.float)
      case nil: nil
      }
    }
    return (0..<Int32(rows)).flatMap { row in
      rowGradient.row(row).map(Array.init) ?? [Float](repeating: 0, count: columns)
    }
  }
}

extension Engine {
  /// Rows between layers, in the arena of activations.
  func hidden(_ values: Matrix<Float>) -> Hidden { Hidden(values, in: activations, self) }

  /// A copy in the arena of activations.
  func copy(_ x: Matrix<Float>) -> Matrix<Float> {
    let y = activations.matrix(x.rows, x.columns, of: Float.self)
    _ = y.elements.update(from: x.elements)
    return y
  }
}
