import Layers
import Models
import Support

@testable import Compute
@testable import Methods

extension TransformerModel {
  /// A forward and a backward pass in training, without dropout.
  /// - Returns: the logits.
  @discardableResult
  func pass(_ batch: TokenBatch, _ targets: [Target], _ engine: Engine) -> [Float] {
    let pass = Pass(engine, .training(dropout: nil))
    var values: [Float] = []
    _ = learn(batch, pass) { _, logits, gradient in
      values = Array(logits.elements)
      return loss.evaluate(logits, targets, scale: 1 / Float(targets.count), gradient: gradient)
    }
    return values
  }

  /// The MLP layers with their whole gradients of one batch. The model must train them densely.
  func gradients(_ batch: TokenBatch, _ targets: [Target], _ engine: Engine)
    -> [(role: LinearRole, gradient: Matrix<Float>)]
  {
    for parameter in parameters { parameter.zeroGradient() }
    pass(batch, targets, engine)
    return linears.filter(\.role.isMLP).compactMap { site in
      site.linear.weight.gradient.map { (site.role, $0) }
    }
  }
}

extension Engine {
  /// The share of the squares that the largest hundredth of the elements holds.
  func concentration(_ x: Matrix<Float>) -> Double {
    let count = max(1, x.count / 100)
    var indices = [UInt32](repeating: 0, count: count)
    largestMagnitudes(x.elements, count: count, into: &indices)
    let top = indices.reduce(0) { $0 + Double(x.data[Int($1)]) * Double(x.data[Int($1)]) }
    return top / sumOfSquares(x.elements)
  }

  /// How concentrated a gradient is as it is, in the bases P_out G P_inᵀ, and with the input side transposed by
  /// mistake, P_out G P_in.
  func concentrations(_ g: Matrix<Float>, output: Matrix<Float>, input: Matrix<Float>)
    -> (plain: Double, rotated: Double, transposed: Double)
  {
    scratch.scope {
      let half = scratch.matrix(g.rows, g.columns, of: Float.self)
      let whole = scratch.matrix(g.rows, g.columns, of: Float.self)
      multiply(.nn, output, g, into: half)
      multiply(.nt, half, input, into: whole)
      let rotated = concentration(whole)
      multiply(.nn, half, input, into: whole)
      return (concentration(g), rotated, concentration(whole))
    }
  }
}
