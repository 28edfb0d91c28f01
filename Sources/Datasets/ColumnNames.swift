import Foundation
import Support

/// The columns that hold the texts and the answers. A name that is nil is guessed from the columns
/// of the file.
public struct ColumnNames: Codable, Equatable, Sendable {
  /// The column of the text, or of the first text of a pair.
  public var text: String?
  /// The column of the second text. It is only guessed while `text` is nil too: naming the text
  /// alone asks for single texts.
  public var pair: String?
  /// The column of the label or number.
  public var label: String?

  /// Names some columns and leaves the others to be guessed.
  public init(text: String? = nil, pair: String? = nil, label: String? = nil) {
    self.text = text
    self.pair = pair
    self.label = label
  }
}

extension ColumnNames {
  /// Columns that are two texts of one example when both are there.
  private static let knownPairs = [
    ("sentence1", "sentence2"), ("text", "text2"), ("text1", "text2"), ("text", "text_pair"),
    ("premise", "hypothesis"), ("question1", "question2"), ("question", "answer"),
    ("question", "sentence"), ("sentence", "sentence2"),
  ]
  private static let knownTexts = [
    "text", "sentence", "sentence1", "question", "premise", "review", "content",
  ]
  private static let knownIds = ["id", "idx", "index", "guid"]
  private static let knownLabels = ["label", "labels", "score", "target", "class", "rating"]

  /// Fills in what is nil from the columns that are there; guesses take no notice of case.
  /// - Throws: `InputError` naming `source`, the column that is missing or there twice, and the
  ///   columns of the file.
  func resolved(in columns: [String], readsLabel: Bool, source: String) throws -> ColumnNames {
    let inFile = ColumnsInFile(columns, source: source)
    var names = self
    if text == nil, pair == nil, let (first, second) = inFile.firstPair(of: Self.knownPairs) {
      (names.text, names.pair) = (first, second)
    }
    names.text = try names.text ?? inFile.first(of: Self.knownTexts, except: pair, holding: "text")
    names.label =
      readsLabel ? try label ?? inFile.first(of: Self.knownLabels, holding: "label") : nil
    for name in [names.text, names.pair, names.label] { try name.map(inFile.requireOnce) }
    return names
  }
}

extension ColumnNames {
  /// These names where a file has the columns; else none, so that they are guessed. A file that lacks one of the texts
  /// has other texts than those meant.
  public func ifPresent(in file: URL) throws -> ColumnNames {
    let columns = Set(try FileFormat(file).records(of: TextFile(file)).columns)
    func isThere(_ name: String?) -> Bool { name.map(columns.contains) ?? true }
    let hasTexts = isThere(text) && isThere(pair)
    return ColumnNames(
      text: hasTexts ? text : nil, pair: hasTexts ? pair : nil, label: isThere(label) ? label : nil)
  }

  /// The column that names the rows: the one that is wanted, or one that is usually called so; nil if there is none.
  /// - Throws: `InputError` if the one that is wanted is not there once.
  func rowName(_ wanted: String?, in columns: [String], source: String) throws -> String? {
    let inFile = ColumnsInFile(columns, source: source)
    if let wanted {
      try inFile.requireOnce(wanted)
      return wanted
    }
    return inFile.firstIfPresent(of: Self.knownIds, except: [text, pair])
  }
}

private struct ColumnsInFile {
  private let columns: [String]
  private let source: String

  init(_ columns: [String], source: String) {
    self.columns = columns
    self.source = source
  }

  func firstPair(of candidates: [(String, String)]) -> (String, String)? {
    candidates.lazy.compactMap { first, second in
      guard let first = find(first), let second = find(second) else { return nil }
      return (first, second)
    }.first
  }

  func first(
    of candidates: [String], except taken: String? = nil, holding role: String
  ) throws -> String {
    guard let column = candidates.lazy.compactMap(find).first(where: { $0 != taken }) else {
      throw InputError(
        source,
        "no \(role) column is named and none is called \(candidates.joined(separator: ", ")); "
          + "the columns are \(quotedList(columns))")
    }
    return column
  }

  func firstIfPresent(of candidates: [String], except taken: [String?]) -> String? {
    candidates.lazy.compactMap(find).first { !taken.contains($0) }
  }

  func requireOnce(_ column: String) throws {
    let count = columns.count { $0 == column }
    guard count == 1 else {
      throw InputError(
        source, at: "column \"\(column)\"",
        "is \(count == 0 ? "missing" : "there \(count) times"); "
          + "the columns are \(quotedList(columns))")
    }
  }

  private func find(_ name: String) -> String? { columns.first { $0.lowercased() == name } }
}
