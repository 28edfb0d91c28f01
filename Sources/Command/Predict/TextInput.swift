import ArgumentParser
import Foundation
import SparseGrad

/// A text of the input, or a pair of them, and where it stands.
struct InputText {
  /// The line of the file or of standard input; of texts on the command line their number.
  let line: Int
  /// What a file with columns calls it.
  var id: String?
  let example: Example
}

/// Texts from the command line, a file, or standard input.
struct TextInput: ParsableArguments {
  @Argument(
    help: "Texts; - reads standard input. (default: the lines of --file, or of standard input)")
  var texts: [String] = []

  @Option(help: "Second text of a pair, with every text given.")
  var pair: String?

  @Flag(
    help:
      "Every text, or line of text, holds a pair with a tab between. (default: as the model was trained)"
  )
  var pairs = false

  @Option(
    help:
      "File of texts: .tsv, .csv or .jsonl with columns, else a text a line; - is standard input.",
    completion: .file())
  var file: String?

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    if !texts.isEmpty, file != nil {
      throw ValidationError("texts on the command line and --file exclude each other")
    }
    if pair != nil, hasColumns { throw ValidationError("--pair: the file has its own pairs") }
    if pair != nil, pairs { throw ValidationError("--pair and --pairs exclude each other") }
  }

  /// Whether nothing is given, so that standard input would be read.
  var isEmpty: Bool {
    texts.isEmpty && pair == nil && file == nil && !pairs && columns.names == ColumnNames()
  }

  /// All texts for a model of whose training `memory` is known.
  /// - Throws: as `read`.
  func load(for memory: TrainingMemory) throws -> [Example] {
    var all: [Example] = []
    try read(for: memory) { all += $0.map(\.example) }
    return all
  }

  /// Hands on the texts in groups, those of lines as soon as they have arrived.
  /// - Parameters:
  ///   - memory: what is known of the training of the model that they are for.
  ///   - id: the column of a file that names the texts; nil guesses it.
  /// - Throws: `InputError` naming file and line when something is not UTF-8, has no text, or is no pair though the
  ///   model takes pairs; and what `body` throws.
  func read(
    for memory: TrainingMemory? = nil, id: String? = nil, _ body: ([InputText]) throws -> Void
  ) throws {
    let takesPairs = pairs || pair == nil && memory?.takesPairs ?? false
    if let file, hasColumns {
      let url = URL(fileURLWithPath: file)
      let table = try TextTable(
        contentsOf: url, columns: columns.names(in: url, as: memory?.columns ?? ColumnNames()),
        id: id)
      if takesPairs, table.columns.pair == nil {
        throw InputError(
          file, "has no column of second texts, expected pairs: --pair-column names one")
      }
      try body(table.rows.map { InputText(line: $0.line, id: $0.id, example: $0.example) })
    } else if texts.isEmpty || texts == ["-"] {
      let lines = try file.map(LineReader.init(file:)) ?? LineReader.standardInput
      while let group = try lines.next() {
        try body(
          group.map { line in
            InputText(
              line: line.number,
              example: try example(line.text, takesPairs) { problem in
                InputError(lines.name, at: "line \(line.number)", problem)
              })
          })
      }
    } else {
      try body(
        texts.enumerated().map { index, text in
          InputText(
            line: index + 1,
            example: try example(text, takesPairs) { InputError("text \(index + 1)", $0) })
        })
    }
  }

  private func example(
    _ text: String, _ takesPairs: Bool, _ error: (String) -> InputError
  ) throws -> Example {
    guard takesPairs else { return Example(text: text, pair: pair) }
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count == 2 else {
      throw error("has \(parts.count - 1) tabs, expected a pair of texts with one tab between")
    }
    return Example(text: String(parts[0]), pair: String(parts[1]))
  }

  private var hasColumns: Bool {
    let ending = file.map { URL(fileURLWithPath: $0).pathExtension.lowercased() } ?? ""
    return ["tsv", "csv", "jsonl", "json"].contains(ending)
  }
}
