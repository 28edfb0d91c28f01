/// What a run leaves beside its model.
struct RunOutcome {
  /// Its figures.
  let figures: RunReport
  /// Where it ended.
  let state: RunState
  /// The mistakes of the kept model; nil where answers are not one label each.
  let mistakes: [MistakeRecord]?
}
