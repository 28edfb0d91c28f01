import Foundation
import Support

/// `tokenizer_config.json`, which says how to build a tokenizer where there is no `tokenizer.json`.
struct TokenizerConfiguration {
  private let file: JSONField?

  /// A missing file means all defaults.
  /// - Throws: `InputError` when it is not JSON.
  init(_ url: URL) throws {
    file = FileManager.default.fileExists(atPath: url.path) ? try JSONField(contentsOf: url) : nil
  }

  /// - Throws: `InputError` naming the key at fault.
  func flag(_ key: String, or standard: Bool) throws -> Bool {
    try file?.optional(key)?.bool() ?? standard
  }

  /// A special token: a string, or an object that also says how it is found.
  /// - Throws: `InputError` naming the key at fault.
  func token(_ key: String, or standard: String) throws -> AddedToken {
    guard let field = try file?.optional(key) else { return .special(standard) }
    guard case .object = field.value else { return .special(try field.string()) }
    func flag(_ key: String) throws -> Bool { try field.optional(key)?.bool() ?? false }
    return AddedToken(
      content: try field.required("content").string(), isNormalized: try flag("normalized"),
      isWholeWord: try flag("single_word"), stripsLeft: try flag("lstrip"),
      stripsRight: try flag("rstrip"))
  }
}
