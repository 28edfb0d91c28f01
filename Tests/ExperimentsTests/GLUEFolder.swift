import Foundation
import SparseGrad
import TestSupport

/// GLUE folders in their official form, with invented sentences that one word decides.
enum GLUEFolder {
  /// The official header of labelled files, nil where they have none, and a row.
  private static func labelled(_ task: GLUETask) -> (
    header: String?, row: (_ number: Int, _ text: String, _ isGood: Bool) -> String
  ) {
    let pair = "index\tsentence1\tsentence2\tlabel"
    switch task {
    case .cola: return (nil, { "gj04\t\($2 ? 1 : 0)\t\t\($1)" })
    case .sst2: return ("sentence\tlabel", { "\($1) \t\($2 ? 1 : 0)" })
    case .mrpc:
      return (
        "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String",
        { "\($2 ? 1 : 0)\t\($0)\t\($0)\tthe \" film\t\($1)" }
      )
    case .stsb:
      return (
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore",
        { "\($0)\tg\tf\t2012\t\($0)\ta\tb\tthe film\t\($1)\t\($2 ? "4.600" : "0.800")" }
      )
    case .qqp:
      return (
        "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate",
        { "\($0)\t1\t2\tthe film\t\($1)\t\($2 ? 1 : 0)" }
      )
    case .mnli:
      let label = { (isGood: Bool) in isGood ? "entailment" : "contradiction" }
      return (
        "index\tpromptID\tpairID\tgenre\tp1\tp2\tp3\tp4\tsentence1\tsentence2\tlabel1\tgold_label",
        { "\($0)\t\t\t\t\t\t\t\tthe film\t\($1)\tneutral\t\(label($2))" }
      )
    case .qnli:
      return (
        "index\tquestion\tsentence\tlabel",
        { "\($0)\tthe film\t\($1)\t\($2 ? "entailment" : "not_entailment")" }
      )
    case .rte: return (pair, { "\($0)\tthe film\t\($1)\t\($2 ? "entailment" : "not_entailment")" })
    case .wnli: return (pair, { "\($0)\tthe film\t\($1)\t\($2 ? 1 : 0)" })
    }
  }

  /// The official header of test files, and a row.
  private static func unlabelled(_ task: GLUETask) -> (
    header: String, row: (_ number: Int, _ text: String) -> String
  ) {
    switch task {
    case .cola, .sst2: ("index\tsentence", { "\($0)\t\($1)" })
    case .mrpc:
      ("index\t#1 ID\t#2 ID\t#1 String\t#2 String", { "\($0)\t1\t2\tthe film\t\($1)" })
    case .stsb, .rte, .wnli: ("index\tsentence1\tsentence2", { "\($0)\tthe film\t\($1)" })
    case .qqp: ("id\tquestion1\tquestion2", { "\($0)\tthe film\t\($1)" })
    case .mnli:
      (
        "index\tpromptID\tpairID\tgenre\tsentence1\tsentence2",
        { "\($0)\t\t\t\tthe film\t\($1)" }
      )
    case .qnli: ("index\tquestion\tsentence", { "\($0)\tthe film\t\($1)" })
    }
  }

  /// Writes `glue/<task>` with 32 training, 16 validation and 6 test rows.
  static func write(_ tasks: [GLUETask], in folder: TemporaryFolder) throws {
    for task in tasks {
      let (header, row) = labelled(task)
      let halves = task == .mnli ? ["_matched", "_mismatched"] : [""]
      for (name, count, seed) in [("train", 32, 1)] + halves.map({ ("dev\($0)", 16, 2) }) {
        let rows = TinyData.sentences(count, seed: UInt64(seed)).enumerated().map {
          row($0, $1.text, $1.label == "positive")
        }
        try write([header].compactMap { $0 } + rows, "\(task.folder)/\(name)", folder)
      }
      let (testHeader, testRow) = unlabelled(task)
      let tests = TinyData.sentences(6, seed: 3).enumerated().map { testRow($0, $1.text) }
      for half in halves { try write([testHeader] + tests, "\(task.folder)/test\(half)", folder) }
    }
  }

  private static func write(_ lines: [String], _ name: String, _ folder: TemporaryFolder) throws {
    try folder.write("glue/\(name).tsv", lines.map { $0 + "\n" }.joined())
  }
}

/// A folder with a tiny model and GLUE data, and the arguments of `sparsegrad glue` on it.
struct TinyGLUE {
  let folder: TemporaryFolder
  let model: TinyModel

  init(_ tasks: [GLUETask]) throws {
    folder = try TemporaryFolder()
    model = try TinyModel(in: folder, name: "tiny")
    try GLUEFolder.write(tasks, in: folder)
  }

  var output: URL { folder("output") }

  func path(_ name: String) -> String { folder(name).path }

  /// Quietly, four steps of every run unless `more` says otherwise.
  func glue(_ more: String...) -> [String] {
    [
      "glue", "--models", model.url.path, "--data", path("glue"), "--output", output.path,
      "--quiet", "--max-steps", "4", "--learning-rate", "3e-3", "--batch-size", "8",
      "--threads", "1", "--density", "0.1",
    ] + more
  }

  /// The records below a folder, by path.
  func records(below name: String = "output") throws -> [String: GLUECellRecord] {
    let root = folder(name)
    let paths = FileManager.default.subpaths(atPath: root.path) ?? []
    return try Dictionary(
      uniqueKeysWithValues: paths.filter { $0.hasSuffix("/cell.json") }.map { path in
        (
          String(path.dropLast("/cell.json".count)),
          try JSONDecoder().decode(GLUECellRecord.self, from: root.data(path))
        )
      })
  }
}
