import Foundation
import Support

/// `merges.txt`: two tokens a line with a space between, by rank; the first line may name a version.
enum MergesFile {
  /// - Throws: `InputError` naming the file and line at fault.
  static func read(_ url: URL, _ vocabulary: Vocabulary) throws -> [MergeTable.Merge] {
    guard let text = String(validating: try InputFile.textBytes(of: url), as: UTF8.self) else {
      throw InputError(url.path, "is not text in UTF-8")
    }
    var merges: [MergeTable.Merge] = []
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let line = String(Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes))
      if line.isEmpty || line.hasPrefix("#version") { continue }
      let place = "line \(index + 1)"
      guard let (left, right) = MergeTable.Merge.tokens(of: line) else {
        throw InputError(url.path, at: place, "expected two tokens with a space between")
      }
      do {
        merges.append(try MergeTable.Merge(left, right, in: vocabulary))
      } catch {
        throw InputError(url.path, at: place, error.description)
      }
    }
    return merges
  }
}
