import Support

/// The fields of one row that an example is made of.
struct TextRow {
  let line: Int
  let text: String
  let pair: String?
  let answer: String?

  /// - Parameter labels: the set that the answer belongs to, or nil if it is a number.
  /// - Throws: `InputError` naming the line if the answer is not of the set, or not a number.
  func target(in labels: LabelSet?, source: String) throws -> Target? {
    guard let answer else { return nil }
    if let labels {
      guard let index = labels.index(of: answer) else {
        throw InputError(
          source, at: "line \(line)",
          "label \"\(answer)\" is not known; the labels are \(labels.list)")
      }
      return .label(index)
    }
    guard let value = Float(answer), value.isFinite else {
      throw InputError(source, at: "line \(line)", "\"\(answer)\" is not a finite number")
    }
    return .value(value)
  }
}
