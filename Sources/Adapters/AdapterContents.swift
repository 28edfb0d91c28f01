import Methods
import Weights

extension Adapter {
  /// The forms in which changes are written down.
  public enum Form: String, CaseIterable, Sendable {
    /// Whole tensors: 4 bytes for each element.
    case values
    /// Some elements: 8 bytes for each.
    case elements
    /// LoRA's A and B: 4 · rank · (in + out) bytes.
    case lowRank = "low-rank"
    /// Elements in coordinates of a basis: 8 bytes for each, and the vectors.
    case change
  }

  /// What is in one form.
  public struct Content: Sendable {
    /// How many parameters.
    public internal(set) var parameters = 0
    /// How many numbers that were learnt.
    public internal(set) var elements = 0
    /// Their bytes, with indices, without what is shared.
    public internal(set) var bytes = 0
  }

  /// What the file consists of.
  public var contents: [(form: Form, content: Content)] {
    var contents: [Form: Content] = [:]
    for change in changes.values.joined() {
      let (form, elements, bytes) = change.size
      contents[form, default: Content()].parameters += 1
      contents[form, default: Content()].elements += elements
      contents[form, default: Content()].bytes += bytes
    }
    return Form.allCases.compactMap { form in contents[form].map { (form, $0) } }
  }

  /// The bytes of basis vectors and lists of coordinates, which layers share.
  public var coordinateBytes: Int {
    var sizes: [String: Int] = [:]
    for case .sparse(_, let output, let input) in changes.values.joined() {
      for axis in [output, input] {
        switch axis {
        case .all: break
        case .entries(let tensor), .vectors(let tensor):
          sizes[tensor.info.name] = tensor.info.byteRange.count
        }
      }
    }
    return sizes.values.reduce(0, +)
  }
}

extension WeightChange {
  fileprivate var size: (Adapter.Form, elements: Int, bytes: Int) {
    switch self {
    case .values(let tensor): (.values, tensor.info.count, tensor.info.byteRange.count)
    case .elements(let sparse): (.elements, sparse.count, 8 * sparse.count)
    case .lowRank(let down, let up, _):
      (
        .lowRank, down.info.count + up.info.count,
        down.info.byteRange.count + up.info.byteRange.count
      )
    case .sparse(let sparse, _, _): (.change, sparse.count, 8 * sparse.count)
    }
  }
}
