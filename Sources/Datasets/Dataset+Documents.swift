import Foundation
import Support

extension Dataset {
  /// Reads plain texts to go on with: a file that ends in `.txt` is one document; in files of the other formats, each row
  /// is one.
  /// - Throws: `InputError` naming the file, and the line, that cannot be used.
  public init(documentsOf url: URL, columns: ColumnNames = ColumnNames()) throws {
    guard url.pathExtension.lowercased() == "txt" else {
      try self.init(contentsOf: url, columns: columns, targets: .unread)
      return
    }
    let text = String(decoding: try TextFile(url).bytes, as: UTF8.self)
    guard text.contains(where: { !$0.isWhitespace }) else {
      throw InputError(url.path, "has no text")
    }
    try self.init(examples: [Example(text: text)], source: url.path)
  }
}
