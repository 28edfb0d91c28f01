import Foundation
import Support

/// A token that is found in the text before any word is cut (section `added_tokens`).
struct AddedToken: Hashable, Sendable {
  let content: String
  /// Found in normalized text, by its own normalized content.
  let isNormalized: Bool
  /// Not found inside a longer word.
  let isWholeWord: Bool
  /// Takes the white space before it with it.
  let stripsLeft: Bool
  /// Takes the white space after it with it.
  let stripsRight: Bool
  /// Not found where the folder says that special tokens are text like any other (`split_special_tokens`).
  let isSpecial: Bool
}

extension AddedToken {
  /// From `tokenizer.json`, which says everything.
  /// - Throws: `InputError` naming the key that is missing or of the wrong kind.
  init(_ field: JSONField) throws {
    content = try field.required("content").string()
    isNormalized = try field.required("normalized").bool()
    isWholeWord = try field.required("single_word").bool()
    stripsLeft = try field.required("lstrip").bool()
    stripsRight = try field.required("rstrip").bool()
    isSpecial = try field.optional("special")?.bool() ?? false
  }

  /// From another file: a text, or an object with some of these keys.
  /// - Parameter isSpecial: nil leaves it to the object; a text is special then.
  /// - Throws: `InputError` naming the key that is of the wrong kind.
  init(abbreviated field: JSONField, isSpecial: Bool? = nil) throws {
    guard case .object = field.value else {
      self.init(content: try field.string(), isSpecial: isSpecial ?? true)
      return
    }
    func flag(_ key: String) throws -> Bool? { try field.optional(key)?.bool() }
    let written = try flag("special")
    let isSpecial = isSpecial ?? written ?? false
    self.init(
      content: try field.required("content").string(),
      isNormalized: try flag("normalized") ?? !isSpecial,
      isWholeWord: try flag("single_word") ?? false, stripsLeft: try flag("lstrip") ?? false,
      stripsRight: try flag("rstrip") ?? false, isSpecial: isSpecial)
  }

  /// Found as it stands if it is special, else in normalized text; anywhere.
  init(content: String, isSpecial: Bool) {
    self.init(
      content: content, isNormalized: !isSpecial, isWholeWord: false, stripsLeft: false,
      stripsRight: false, isSpecial: isSpecial)
  }
}
