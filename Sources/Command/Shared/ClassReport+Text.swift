import Foundation
import SparseGrad

extension ClassReport {
  /// A line for each class and each mean, as `classification_report` of scikit-learn prints them.
  var table: String {
    let means = [confusion == nil ? micro : nil, macro, weighted].compactMap(\.self)
    let accuracy = confusion == nil ? nil : micro
    let names = (classes + means).map(\.name.onOneLine) + (accuracy == nil ? [] : ["accuracy"])
    let width = names.map(\.count).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      ([String(repeating: " ", count: max(0, width - name.count)) + name]
        + cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 })
        .joined(separator: "  ")
    }
    func line(_ scores: ClassScores) -> String {
      line(
        scores.name.onOneLine,
        [scores.precision, scores.recall, scores.f1].map { $0.fixed(4) } + [String(scores.support)])
    }
    var lines = [line("", ["precision", "recall", "f1", "support"])]
    lines += classes.map(line)
    lines +=
      accuracy.map { [line("accuracy", ["", "", $0.f1.fixed(4), String($0.support)])] } ?? []
    lines += means.map(line)
    return lines.joined(separator: "\n")
  }
}

extension [ClassScores] {
  /// An object by the names of the classes.
  var json: JSONValue {
    var object = JSONObject()
    for scores in self {
      object[scores.name] = [
        "precision": .number(JSONNumber(scores.precision)),
        "recall": .number(JSONNumber(scores.recall)), "f1": .number(JSONNumber(scores.f1)),
        "support": .number(JSONNumber(scores.support)),
      ]
    }
    return .object(object)
  }
}
