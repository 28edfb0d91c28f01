import Compute
import Weights

extension StoredMatrix.Encoding {
  /// The same as the type of a file's tensor.
  var tensorType: TensorType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .q4_0: .q4_0
    case .q4_1: .q4_1
    case .q5_0: .q5_0
    case .q5_1: .q5_1
    case .q8_0: .q8_0
    case .q4K: .q4K
    case .q5K: .q5K
    case .q6K: .q6K
    }
  }

  /// Nil for a type whose numbers cannot be read.
  init?(_ type: TensorType) {
    guard let encoding = Self.allCases.first(where: { $0.tensorType == type }) else { return nil }
    self = encoding
  }
}
