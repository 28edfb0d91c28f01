import Foundation
import Support

extension Dataset {
  /// Reads sentences of words with a tag each.
  ///
  /// - `.jsonl`, `.json`: one object a line with a list of words (`tokens` or `words`) and one of tags as long (`tags`,
  ///   `ner_tags`, `labels`), by name or by number.
  /// - All others (`.conll`, `.bio`, `.txt`, ...): columns as in the shared tasks of CoNLL. A line for each word, of fields
  ///   between white space, the word first and its tag last; a blank line after each sentence; lines that begin with
  ///   `-DOCSTART-` are passed over.
  /// - Parameters:
  ///   - url: the file.
  ///   - columns: the keys of words and tags in JSON lines, instead of the usual ones.
  ///   - tags: the set of tags; that of all in the file if it is nil.
  ///   - readsTags: whether the tags are read, or the words alone.
  /// - Throws: `InputError` naming the file and the line that cannot be used.
  public init(
    wordsOf url: URL, columns: ColumnNames = ColumnNames(), tags: LabelSet? = nil,
    readsTags: Bool = true
  ) throws {
    let file = try TextFile(url)
    let isJSON = ["jsonl", "json", "ndjson"].contains(url.pathExtension.lowercased())
    let sentences =
      try isJSON ? TaggedSentence.jsonLines(file, columns) : TaggedSentence.columns(file)
    guard !sentences.isEmpty else { throw InputError(file.name, "has no sentences") }
    let labels =
      try readsTags
      ? tags ?? LabelSet(sortingTags: sentences.flatMap(\.tags), source: file.name) : nil
    let examples = try sentences.map { sentence in
      Example(
        words: sentence.words,
        target: try labels.map { .tags(try sentence.indices(in: $0, source: file.name)) })
    }
    self.init(
      examples: examples, labels: labels, source: file.name, columns: columns, skippedRows: 0)
  }
}

extension LabelSet {
  /// The different tags of a file: `O` first, then by type of entity, `B-` before `I-`.
  init(sortingTags tags: [String], source: String) throws {
    func key(_ tag: String) -> String {
      let parts = tag.split(separator: "-", maxSplits: 1)
      return parts.count == 2 ? "\(parts[1]) \(parts[0])" : ""
    }
    let different = Set(tags)
    if different.allSatisfy({ Int($0) != nil }) {
      try self.init(sorting: different, source: source)
      return
    }
    try self.init(
      different.sorted { (key($0), $0) < (key($1), $1) }, source: source)
  }
}

/// One sentence of a file.
private struct TaggedSentence {
  let line: Int
  let words: [String]
  let tags: [String]

  func indices(in labels: LabelSet, source: String) throws -> [Int] {
    try tags.map { tag in
      guard let index = labels.index(of: tag) else {
        throw InputError(
          source, at: "line \(line)", "tag \"\(tag)\" is not known; the tags are \(labels.list)")
      }
      return index
    }
  }

  // MARK: Formats

  static func columns(_ file: TextFile) throws -> [TaggedSentence] {
    var sentences: [TaggedSentence] = []
    var (words, tags, start, width) = ([String](), [String](), 0, Int?.none)
    func finish() {
      if !words.isEmpty { sentences.append(TaggedSentence(line: start, words: words, tags: tags)) }
      (words, tags) = ([], [])
    }
    var lines = file.lines
    while let (number, bytes) = lines.next() {
      let fields = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\t" }
      guard let word = fields.first, let tag = fields.last, word != "-DOCSTART-" else {
        finish()
        continue
      }
      guard fields.count >= 2, width ?? fields.count == fields.count else {
        throw InputError(
          file.name, at: "line \(number)",
          "expected \(width ?? 2) fields\(width == nil ? " or more" : " as above"), a word first and its tag last, found \(fields.count)"
        )
      }
      width = fields.count
      if words.isEmpty { start = number }
      words.append(String(word))
      tags.append(String(tag))
    }
    finish()
    return sentences
  }

  static func jsonLines(_ file: TextFile, _ columns: ColumnNames) throws -> [TaggedSentence] {
    var reader = try JSONLinesReader(file)
    let words = try key(columns.text, ["tokens", "words"], reader.columns, file.name, "words")
    let tags = try key(
      columns.label, ["tags", "ner_tags", "labels", "pos_tags"], reader.columns, file.name, "tags")
    var sentences: [TaggedSentence] = []
    while let record = try reader.next() {
      func list(_ place: Int) throws -> [String] {
        guard case .list(let texts) = record.fields[place] else {
          throw InputError(
            file.name, at: "line \(record.line)",
            "\"\(reader.columns[place])\" is missing or no list of texts or numbers")
        }
        return texts
      }
      let (ofLine, tagsOfLine) = (try list(words), try list(tags))
      guard ofLine.count == tagsOfLine.count, !ofLine.isEmpty else {
        throw InputError(
          file.name, at: "line \(record.line)",
          "has \(ofLine.count) words and \(tagsOfLine.count) tags, expected a tag for each word")
      }
      sentences.append(TaggedSentence(line: record.line, words: ofLine, tags: tagsOfLine))
    }
    return sentences
  }

  private static func key(
    _ wanted: String?, _ usual: [String], _ keys: [String], _ source: String, _ what: String
  ) throws -> Int {
    guard let place = (wanted.map { [$0] } ?? usual).lazy.compactMap(keys.firstIndex).first else {
      throw InputError(
        source, at: "line 1",
        "has no list of \(what), expected the key \((wanted.map { [$0] } ?? usual).joined(separator: ", "))"
      )
    }
    return place
  }
}
