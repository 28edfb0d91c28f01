/// The normalization forms of Unicode Standard Annex #15, over the scalars that `tokenizers` knows.
enum NormalizationForm: Sendable {
  case nfd, nfkd, nfc, nfkc

  func apply(to text: inout [Unicode.Scalar]) {
    decompose(&text)
    order(&text)
    if self == .nfc || self == .nfkc { compose(&text) }
  }

  private var changing: ScalarTraits {
    self == .nfd || self == .nfc ? .decomposes : [.decomposes, .decomposesFurther]
  }

  private func decompose(_ text: inout [Unicode.Scalar]) {
    let changing = changing
    guard let first = text.firstIndex(where: { $0.has(changing) }) else { return }
    var result = Array(text[..<first])
    for scalar in text[first...] {
      let relevant = scalar.traits.intersection(changing)
      if relevant.contains(.decomposesFurther) {
        result += Decomposition.compatibility[scalar] ?? [scalar]
      } else if relevant.contains(.decomposes) {
        result += Decomposition.canonical[scalar] ?? [scalar]
      } else {
        result.append(scalar)
      }
    }
    text = result
  }

  /// Sorts every run of marks by combining class, keeping the order of equals.
  private func order(_ text: inout [Unicode.Scalar]) {
    var index = 0
    while index < text.count {
      guard text[index].combiningClass != 0 else {
        index += 1
        continue
      }
      let end = text[index...].firstIndex { $0.combiningClass == 0 } ?? text.count
      if end - index > 1 {
        let marks = text[index..<end].enumerated().sorted {
          ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
        }
        text.replaceSubrange(index..<end, with: marks.map(\.element))
      }
      index = end
    }
  }

  /// Joins every starter with the marks after it that are not blocked by one of the same class.
  private func compose(_ text: inout [Unicode.Scalar]) {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var starter: Int?
    /// Of the last scalar after the starter that stayed; nil if none did.
    var lastClass: UInt8?
    for scalar in text {
      let combiningClass = scalar.combiningClass
      let isBlocked = lastClass.map { $0 >= combiningClass } ?? false
      if let starter, !isBlocked, let joined = Composition.composed(result[starter], scalar) {
        result[starter] = joined
      } else {
        if combiningClass == 0 {
          starter = result.count
          lastClass = nil
        } else {
          lastClass = combiningClass
        }
        result.append(scalar)
      }
    }
    text = result
  }
}

extension Unicode.Scalar {
  fileprivate var combiningClass: UInt8 {
    has(.reorders) ? properties.canonicalCombiningClass.rawValue : 0
  }
}
