import Foundation
import Support

/// A file of UTF-8 text.
enum TextFile {
  /// - Throws: `InputError` if the file is missing, unreadable or not UTF-8.
  static func read(_ url: URL) throws -> String {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw InputError(url.path, "cannot be read: \(error.localizedDescription)")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw InputError(url.path, "is not text in UTF-8")
    }
    return text
  }
}
