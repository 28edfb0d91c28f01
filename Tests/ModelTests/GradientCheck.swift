import Layers
import Testing

@testable import Compute

/// Compares gradients of a backward pass with central differences of the forward pass.
///
/// Float32 leaves a difference quotient few digits, so whole tensors are moved at once: along the gradient,
/// where the change is largest, and in random directions, which no missing part of a gradient survives.
struct GradientCheck {
  /// Something that the function depends on.
  struct Variable {
    let name: String
    let value: Matrix<Float>
    /// By the backward pass.
    let gradient: [Float]
    /// To be called after every change.
    var changed: () -> Void = {}
  }

  /// The function, by a forward pass.
  let function: () -> Double
  /// How far an element moves.
  var step: Float = 4e-3
  var tolerance = 2e-3
  /// What rounding of the function leaves in a difference quotient.
  var noise = 1e-4

  func run(_ variables: [Variable], location: SourceLocation = #_sourceLocation) {
    var numbers = RandomStream(seed: 11, purpose: .shuffling, index: 0)
    for variable in variables {
      let count = variable.gradient.count
      let norm = variable.gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      let along = Float(Double(count).squareRoot() / max(norm, 1e-30))
      check(variable, variable.gradient.map { $0 * along }, along: true, norm, location)
      for _ in 0..<2 {
        let signs = (0..<count).map { _ in Bool.random(using: &numbers) ? Float(1) : -1 }
        check(variable, signs, along: false, norm, location)
      }
    }
  }

  private func check(
    _ variable: Variable, _ direction: [Float], along: Bool, _ norm: Double,
    _ location: SourceLocation
  ) {
    let expected = slope(variable, direction)
    let actual = zip(variable.gradient, direction).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    // What a gradient of this norm gives along itself, and typically in a random direction.
    let typical = along ? norm * Double(direction.count).squareRoot() : norm
    #expect(
      abs(actual - expected) <= tolerance * typical + noise,
      "\(variable.name): \(actual), but the difference quotient is \(expected)",
      sourceLocation: location)
  }

  /// The central difference of fourth order.
  private func slope(_ variable: Variable, _ direction: [Float]) -> Double {
    let original = Array(variable.value.elements)
    func at(_ factor: Float) -> Double {
      for i in original.indices {
        variable.value.elements[i] = original[i] + factor * step * direction[i]
      }
      variable.changed()
      return function()
    }
    defer {
      _ = variable.value.elements.update(from: original)
      variable.changed()
    }
    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * Double(step))
  }
}

extension GradientCheck.Variable {
  init(_ parameter: Parameter) throws {
    self.init(
      name: parameter.name, value: parameter.value,
      gradient: try #require(parameter.wholeGradient),
      changed: parameter.valueChanged)
  }

  init(_ name: String, _ value: Matrix<Float>, _ gradient: Matrix<Float>) {
    self.init(name: name, value: value, gradient: Array(gradient.elements))
  }
}
