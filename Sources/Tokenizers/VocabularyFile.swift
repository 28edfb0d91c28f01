import Foundation
import Support

/// `vocab.txt`: one token a line, its id the number of the line counted from 0.
enum VocabularyFile {
  /// - Throws: `InputError` if the file cannot be read or is not UTF-8.
  static func read(_ url: URL) throws -> Vocabulary {
    guard let text = String(validating: try InputFile.textBytes(of: url), as: UTF8.self) else {
      throw InputError(url.path, "is not text in UTF-8")
    }
    // As tokenizers reads it: lines end at line feeds only, and lose all white space before them.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return Vocabulary(
      tokens: lines.map { line in
        var scalars = Substring(line).unicodeScalars
        while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
        return String(scalars)
      })
  }
}
