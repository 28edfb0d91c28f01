import Metrics

/// How well a model tells the classes apart: scores by class, and the confusion matrix.
struct ClassTables {
  let report: ClassReport

  var html: [HTML] { [.heading("Classes"), scores.html] + confusion }

  private var scores: DataTable {
    let means = report.confusion == nil ? [report.micro] : []
    return DataTable(
      caption: "Precision, recall and F1 by class",
      columns: ["Class", "Precision", "Recall", "F1", "Support"],
      rows: (report.classes + means + [report.macro, report.weighted]).map { scores in
        [
          DataTable.Cell(scores.name), DataTable.Cell(scores.precision, digits: 4),
          DataTable.Cell(scores.recall, digits: 4), DataTable.Cell(scores.f1, digits: 4),
          DataTable.Cell(scores.support),
        ]
      })
  }

  private var confusion: [HTML] {
    let names = report.classes.map(\.name)
    guard let counts = report.confusion, counts.count == names.count,
      counts.allSatisfy({ $0.count == names.count })
    else { return [] }
    return [
      DataTable(
        caption: "Confusion matrix: examples of the row's class that were given the column's",
        columns: ["True class"] + names,
        rows: zip(names, counts).map { name, row in
          let total = row.reduce(0.0) { $0 + Double($1) }
          return [DataTable.Cell(name)]
            + row.map { count in
              DataTable.Cell(
                "\(count)", value: Double(count), shade: total > 0 ? Double(count) / total : 0)
            }
        }, isSortable: false
      ).html
    ]
  }
}
