/// Values in a row, and which of Python's types they are.
final class TemplateList {
  /// What can be done with it, and how it is written.
  enum Kind: Equatable {
    case list, tuple
    case range(from: Int, to: Int, by: Int)
    case keys, values, items

    /// What messages call it.
    var typeName: String {
      switch self {
      case .list: "a list"
      case .tuple: "a tuple"
      case .range: "a range"
      case .keys, .values, .items: "a view of a dictionary"
      }
    }

    /// Whether its elements have places.
    var isSequence: Bool {
      switch self {
      case .list, .tuple, .range: true
      case .keys, .values, .items: false
      }
    }
  }

  let elements: [TemplateValue]
  let kind: Kind
  /// How many lists and dictionaries lie inside of each other, this one counted.
  let depth: Int

  init(_ elements: [TemplateValue], _ kind: Kind = .list) {
    self.elements = elements
    self.kind = kind
    depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
  }
}
