import Compute

/// A place where dropout happens: its number tells its draws from those of other places.
package struct DropoutSite {
  package let number: Int
  package let probability: Float

  package init(_ number: Int, _ probability: Float) {
    self.number = number
    self.probability = probability
  }

  /// y = x with this pass's elements dropped. The backward pass is the same function of the gradient.
  package func apply(_ pass: Pass, _ x: Matrix<Float>, into y: Matrix<Float>) {
    pass.engine.dropout(x, into: y, pass.dropout, site: number, probability: probability)
  }
}
