import Support

/// The fields of one row that an example is made of.
struct TextRow {
  let line: Int
  let text: String
  let pair: String?
  let answer: String?
  /// Where there may be several.
  let answers: [String]?
  let id: String?

  /// - Parameter format: what the answer has to be; if it is a label, with the set of labels.
  /// - Throws: `InputError` naming the line if the answer is something else.
  func target(as format: TargetFormat, source: String) throws -> Target? {
    if case .labelLists(let labels?, _) = format, let answers {
      return .labels(Set(try answers.map { try index($0, of: labels, source: source) }).sorted())
    }
    guard let answer else { return nil }
    func refusal(_ problem: String) -> InputError {
      InputError(source, at: "line \(line)", problem)
    }
    func label(_ index: Int?, of labels: LabelSet) throws -> Target {
      guard let index else {
        throw refusal("label \"\(answer)\" is not known; the labels are \(labels.list)")
      }
      return .label(index)
    }
    switch format {
    case .unread, .labels(nil), .labelLists:
      return nil
    case .labels(let labels?):
      return try label(labels.index(of: answer), of: labels)
    case .labelNames(let labels):
      return try label(labels.index(named: answer), of: labels)
    case .numbers:
      guard let value = Float(LabelIdentity.trimmed(answer)), value.isFinite else {
        throw refusal("\"\(answer)\" is not a finite number")
      }
      return .value(value)
    case .numbersIn(let range):
      guard let value = Float(LabelIdentity.trimmed(answer)), range.contains(value) else {
        throw refusal(
          "\"\(answer)\" is not a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return .value(value)
    }
  }
}

extension TextRow {
  /// The index of one of several labels.
  private func index(_ name: String, of labels: LabelSet, source: String) throws -> Int {
    guard let index = labels.index(of: name) else {
      throw InputError(
        source, at: "line \(line)",
        "label \"\(name)\" is not known; the labels are \(labels.list)")
    }
    return index
  }
}

extension TargetFormat {
  /// The same, with the set of all labels in the rows where none was given.
  func resolved(by rows: [TextRow], source: String) throws -> TargetFormat {
    switch self {
    case .labels(nil):
      .labels(try LabelSet(sorting: rows.lazy.compactMap(\.answer), source: source))
    case .labelLists(nil, let separator):
      .labelLists(
        try LabelSet(sorting: rows.flatMap { $0.answers ?? [] }, source: source),
        separator: separator)
    default: self
    }
  }
}
