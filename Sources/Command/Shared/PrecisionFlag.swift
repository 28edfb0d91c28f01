import ArgumentParser
import SparseGrad

/// A precision as it is typed.
enum PrecisionFlag: String, CaseIterable, ExpressibleByArgument {
  case auto, float32, bfloat16

  /// Nil leaves the choice to the machine.
  var precision: Precision? { Precision(rawValue: rawValue) }
}
