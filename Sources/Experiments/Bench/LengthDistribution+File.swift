import Datasets
import Foundation
import Support
import Tokenizers

extension LengthDistribution {
  /// The lengths of a file's sequences.
  ///
  /// A file of texts (`.tsv`, `.csv`, `.jsonl`; the official columns are known if it lies in a folder with the name of
  /// a GLUE task) is tokenised, and lengths are drawn from theirs; any other file holds an integer on each line, and
  /// they are taken in this order.
  /// - Throws: `InputError` when texts come without a tokenizer, or naming file and line at fault.
  public init(contentsOf url: URL, tokenizer: Tokenizer?) throws {
    guard ["tsv", "csv", "jsonl", "json"].contains(url.pathExtension.lowercased()) else {
      self = .listed(try Self.integers(url))
      return
    }
    guard let tokenizer else {
      throw InputError(
        url.path,
        "texts need a tokenizer: expected \(Setting.model) with one, or a file of integers")
    }
    let folder = url.standardizedFileURL.deletingLastPathComponent().lastPathComponent
    let data =
      try GLUETask(spelled: folder).map { try $0.dataset(contentsOf: url) }
      ?? Dataset(contentsOf: url, targets: .unread)
    self = .observed(
      try data.examples.map { try tokenizer.encode($0.text, pair: $0.pair).ids.count })
  }

  private static func integers(_ url: URL) throws -> [Int] {
    guard let data = FileManager.default.contents(atPath: url.path) else {
      throw InputError(url.path, "cannot be read")
    }
    var lines = String(decoding: data, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.last == "" { lines.removeLast() }
    guard !lines.isEmpty else { throw InputError(url.path, "has no lines, expected integers") }
    return try lines.enumerated().map { number, line in
      let length = Int(line.trimmingCharacters(in: .whitespaces))
      guard let length, 1...LengthSequence.maximum ~= length else {
        throw InputError(
          url.path, at: "line \(number + 1)",
          "expected a length, an integer from 1 to \(LengthSequence.maximum)")
      }
      return length
    }
  }
}
