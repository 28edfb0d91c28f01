import Foundation
import Support

/// What `tokenizer_config.json` says about a BERT tokenizer, with the defaults of `transformers`.
struct BertSettings {
  let lowercases: Bool
  let spacesChinese: Bool
  let stripsAccents: Bool
  let unknown: String
  let classification: String
  let separator: String
  let padding: String
  let mask: String

  /// - Throws: `InputError` naming the key at fault; a missing file means all defaults.
  init(_ url: URL) throws {
    let exists = FileManager.default.fileExists(atPath: url.path)
    let file = exists ? try JSONField(contentsOf: url) : nil
    func flag(_ key: String, or standard: Bool) throws -> Bool {
      try file?.optional(key)?.bool() ?? standard
    }
    /// A token is a string, or an object with its content.
    func token(_ key: String, or standard: String) throws -> String {
      guard let field = try file?.optional(key) else { return standard }
      if case .object = field.value { return try field.required("content").string() }
      return try field.string()
    }
    lowercases = try flag("do_lower_case", or: true)
    spacesChinese = try flag("tokenize_chinese_chars", or: true)
    stripsAccents = try flag("strip_accents", or: lowercases)
    unknown = try token("unk_token", or: "[UNK]")
    classification = try token("cls_token", or: "[CLS]")
    separator = try token("sep_token", or: "[SEP]")
    padding = try token("pad_token", or: "[PAD]")
    mask = try token("mask_token", or: "[MASK]")
  }
}
