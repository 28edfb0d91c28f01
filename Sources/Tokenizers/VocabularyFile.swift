import Foundation
import Support

/// `vocab.txt`: one token a line, its id the number of the line counted from 0.
enum VocabularyFile {
  /// - Throws: `InputError` if the file cannot be read or is not UTF-8.
  static func read(_ url: URL) throws -> Vocabulary {
    guard let text = String(validating: try InputFile.textBytes(of: url), as: UTF8.self) else {
      throw InputError(url.path, "is not text in UTF-8")
    }
    // Scalars, since "\r\n" is one character; all three line ends count, as in Python.
    var lines: [String.UnicodeScalarView] = [.init()]
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if scalar == "\r" || (scalar == "\n" && previous != "\r") {
        lines.append(.init())
      } else if scalar != "\n" {
        lines[lines.count - 1].append(scalar)
      }
      previous = scalar
    }
    if lines[lines.count - 1].isEmpty { lines.removeLast() }
    return Vocabulary(tokens: lines.map { String($0) })
  }
}
