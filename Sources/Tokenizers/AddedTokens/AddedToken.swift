import Foundation
import Support

/// A token that is found in the text before any word is cut (section `added_tokens`).
struct AddedToken: Sendable {
  let content: String
  /// Found in normalized text, by its own normalized content.
  let isNormalized: Bool
  /// Not found inside a longer word.
  let isWholeWord: Bool
  /// Takes the white space before it with it.
  let stripsLeft: Bool
  /// Takes the white space after it with it.
  let stripsRight: Bool
}

extension AddedToken {
  /// - Throws: `InputError` naming the key that is missing or of the wrong kind.
  init(_ field: JSONField) throws {
    content = try field.required("content").string()
    isNormalized = try field.required("normalized").bool()
    isWholeWord = try field.required("single_word").bool()
    stripsLeft = try field.required("lstrip").bool()
    stripsRight = try field.required("rstrip").bool()
  }

  /// A special token as BERT has them: found as it stands, anywhere.
  static func special(_ content: String) -> AddedToken {
    AddedToken(
      content: content, isNormalized: false, isWholeWord: false, stripsLeft: false,
      stripsRight: false)
  }

  /// Its id in the vocabulary of a file, where it must be.
  /// - Throws: `InputError` naming the file and the token.
  func id(in vocabulary: Vocabulary, from file: URL) throws -> Int32 {
    if let id = vocabulary.id(of: content) { return id }
    throw InputError(file.path, "lacks the special token \"\(content)\"")
  }
}
