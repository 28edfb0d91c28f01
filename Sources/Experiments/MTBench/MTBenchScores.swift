import Foundation

/// The mean grades of answers.
public struct MTBenchScores: Sendable {
  /// The mean of a category: all grades, those of first turns, those of second turns; nil where there are none.
  public struct Row: Sendable {
    /// The category, or `all`.
    public let name: String
    /// The means.
    public let mean: Double?, first: Double?, second: Double?
  }

  /// A row for each category, and the last for all.
  public let rows: [Row]
  /// Judgments without a grade from 1 to 10: they count in no mean.
  public let ungraded: Int

  /// The means of judgments.
  public init(_ judgments: [Judgment], _ questions: [MTBenchQuestion]) {
    let categories = Dictionary(
      questions.map { ($0.id, $0.category) }, uniquingKeysWith: { $1 })
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    func row(_ name: String, _ judgments: [Judgment]) -> Row {
      func ofTurn(_ turn: Int) -> Double? {
        mean(judgments.filter { $0.turn == turn }.compactMap(\.score))
      }
      return Row(
        name: name, mean: mean(judgments.compactMap(\.score)), first: ofTurn(1), second: ofTurn(2))
    }
    let groups = Dictionary(grouping: judgments) { categories[$0.questionId] ?? "" }
    rows =
      groups.sorted { $0.key < $1.key }.map { row($0.key, $0.value) } + [row("all", judgments)]
    ungraded = judgments.count { $0.score == nil }
  }
}
