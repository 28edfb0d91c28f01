/// What the label column of a GLUE task's files holds.
enum GLUEAnswers {
  /// The names of the labels.
  case names([String])
  /// The indices of the labels that have these names.
  case indices([String])
  /// Numbers of a range.
  case scores(ClosedRange<Float>)

  /// The names of the labels; nil where there are numbers to predict.
  var labelNames: [String]? {
    switch self {
    case .names(let names), .indices(let names): names
    case .scores: nil
    }
  }

  /// How the column is read: what the official files do not have is refused.
  var format: TargetFormat {
    switch self {
    case .names(let names): .labelNames(LabelSet(distinct: names))
    case .indices(let names): .labelNames(LabelSet(distinct: names.indices.map { String($0) }))
    case .scores(let range): .numbersIn(range)
    }
  }
}
