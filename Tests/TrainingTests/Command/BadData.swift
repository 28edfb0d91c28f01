import Foundation
import SparseGrad

extension TrainingRuns.BadInputTests {
  static let data = [
    Case("missing data", "nowhere.tsv: no such file") {
      ["--train-file", $0.path("nowhere.tsv")]
    },
    Case("unknown format", "train.xls: has the unknown extension") {
      ["--train-file", $0.path("train.xls")]
    },
    Case("empty data", "empty.tsv: is empty") { tiny in
      ["--train-file", try tiny.folder.write("empty.tsv", "").path]
    },
    Case("header alone", "header.csv: has no rows") { tiny in
      ["--train-file", try tiny.folder.write("header.csv", "text,label\n").path]
    },
    Case("missing column", "train.tsv: column \"review\": is missing", "\"text\", \"label\"") {
      _ in
      ["--text-column", "review"]
    },
    Case("no column to guess", "odd.csv: no label column", "\"text\", \"mood\"") { tiny in
      ["--train-file", try tiny.folder.write("odd.csv", "text,mood\ngood,a\nbad,b\n").path]
    },
    Case("row that is too short", "short.tsv: line 3") { tiny in
      ["--train-file", try tiny.folder.write("short.tsv", "text\tlabel\ngood\ta\nbad\n").path]
    },
    Case("not UTF-8", "latin.tsv: line 2: is not UTF-8") { tiny in
      let bytes = Data("text\tlabel\nna".utf8) + [0xEF] + Data("ve\ta\nbad\tb\n".utf8)
      try bytes.write(to: tiny.folder("latin.tsv"))
      return ["--train-file", tiny.path("latin.tsv")]
    },
    Case("a single label", "one.tsv: has only the label \"a\"") { tiny in
      ["--train-file", try tiny.folder.write("one.tsv", "text\tlabel\ngood\ta\nfine\ta\n").path]
    },
    Case("label not in the known set", "held.tsv: line 2: label \"neutral\"", "\"negative\"") {
      tiny in
      try tiny.folder.write("held.tsv", "text\tlabel\nso so\tneutral\n")
      return []
    },
    Case("label that is not among --labels", "train.tsv: line 2: label \"positive\"") { _ in
      ["--labels", "negative,neutral"]
    },
    Case("target that is no number", "words.tsv: line 3: \"high\"", "number") { tiny in
      let file = try tiny.folder.write("words.tsv", "text\tscore\ngood\t1\nfine\thigh\n")
      return ["--task", "regression", "--train-file", file.path]
    },
    Case("target that is not finite", "words.tsv: line 2: \"inf\"") { tiny in
      let file = try tiny.folder.write("words.tsv", "text\tscore\ngood\tinf\n")
      return ["--task", "regression", "--train-file", file.path]
    },
    Case("basis that is none", "train.tsv: ") { tiny in ["--basis", tiny.path("train.tsv")] },
  ]
}
