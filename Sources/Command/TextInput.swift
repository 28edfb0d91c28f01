import ArgumentParser
import Foundation
import SparseGrad

/// Texts from the command line, a file, or standard input.
struct TextInput: ParsableArguments {
  @Argument(help: "Texts. (default: the lines of --file, or of standard input)")
  var texts: [String] = []

  @Option(help: "Second text of a pair, with every text given.")
  var pair: String?

  @Option(
    help: "File of texts: .tsv, .csv or .jsonl with columns, else a text a line.",
    completion: .file())
  var file: String?

  @OptionGroup var columns: ColumnOptions

  func validate() throws {
    if !texts.isEmpty, file != nil {
      throw ValidationError("texts on the command line and --file exclude each other")
    }
    if pair != nil, hasColumns { throw ValidationError("--pair: the file has its own pairs") }
  }

  /// Whether nothing is given, so that standard input would be read.
  var isEmpty: Bool {
    texts.isEmpty && pair == nil && file == nil && columns.names == ColumnNames()
  }

  /// - Throws: `InputError` naming file and line when something is not UTF-8 or has no text.
  func load() throws -> [Example] {
    if !texts.isEmpty { return texts.map { Example(text: $0, pair: pair) } }
    guard let file else {
      return try lines(standardInput(), "standard input")
    }
    if hasColumns {
      let url = URL(fileURLWithPath: file)
      return try Dataset(contentsOf: url, columns: columns.names, targets: .unread).examples
    }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw InputError(file, "cannot be read")
    }
    return try lines(data, file)
  }

  private var hasColumns: Bool {
    let ending = file.map { URL(fileURLWithPath: $0).pathExtension.lowercased() } ?? ""
    return ["tsv", "csv", "jsonl", "json"].contains(ending)
  }

  private func standardInput() throws -> Data {
    do {
      return try FileHandle.standardInput.readToEnd() ?? Data()
    } catch {
      throw InputError("standard input", "cannot be read: \(error.localizedDescription)")
    }
  }

  private func lines(_ data: Data, _ source: String) throws -> [Example] {
    // What Windows writes: a byte order mark before the text, a carriage return at the end of each line.
    let text = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return try lines.enumerated().map { number, line in
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let text = String(validating: line, as: UTF8.self) else {
        throw InputError(source, at: "line \(number + 1)", "is not UTF-8")
      }
      return Example(text: text, pair: pair)
    }
  }
}
