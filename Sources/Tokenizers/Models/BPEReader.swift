import Support

/// Reads a `BPE` section `model`.
enum BPEReader {
  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> BPEModel {
    try refuse(field)
    let vocabulary = try Vocabulary(field.required("vocab"))
    var unknown = BPEModel.UnknownScalars()
    if let token = try field.optional("unk_token") {
      guard let id = vocabulary.id(of: try token.string()) else {
        throw token.error("\"\(try token.string())\" is not in the vocabulary")
      }
      unknown.id = id
    }
    unknown.fuses = try field.optional("fuse_unk")?.bool() ?? false
    if try field.optional("byte_fallback")?.bool() == true {
      unknown.bytes = byteTokens(vocabulary)
    }
    return BPEModel(
      vocabulary: vocabulary,
      merges: try merges(field, vocabulary),
      unknown: unknown, ignoresMerges: try field.optional("ignore_merges")?.bool() ?? false)
  }

  /// The merges of a section `model`, by rank.
  /// - Throws: `InputError` naming the one at fault.
  static func merges(_ field: JSONField, _ vocabulary: Vocabulary) throws -> [MergeTable.Merge] {
    try field.required("merges").elements().map { try merge($0, vocabulary) }
  }

  /// What training or other models use.
  private static func refuse(_ field: JSONField) throws {
    if let dropout = try field.optional("dropout"), try dropout.number() != 0 {
      throw dropout.error("is not supported; supported: null")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let mark = try field.optional(key), try !mark.string().isEmpty {
        throw mark.error("\"\(try mark.string())\" is not supported; supported: none")
      }
    }
  }

  /// The tokens `<0x00>` ... `<0xFF>`, where they are there.
  static func byteTokens(_ vocabulary: Vocabulary) -> [Int32?] {
    (UInt8.min...UInt8.max).map { vocabulary.id(of: token(ofByte: $0)) }
  }

  /// `<0x0A>`
  private static func token(ofByte byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x\(digits.utf8.count == 1 ? "0" : "")\(digits)>"
  }

  /// From `"a b"`, or from `["a", "b"]` as newer files have it.
  private static func merge(_ field: JSONField, _ vocabulary: Vocabulary) throws
    -> MergeTable.Merge
  {
    let tokens: (left: String, right: String)?
    if case .array = field.value {
      let elements = try field.elements().map { try $0.string() }
      tokens = elements.count == 2 ? (elements[0], elements[1]) : nil
    } else {
      tokens = MergeTable.Merge.tokens(of: try field.string())
    }
    guard let tokens else { throw field.error(expected: "two tokens") }
    do {
      return try MergeTable.Merge(tokens.left, tokens.right, in: vocabulary)
    } catch {
      throw field.error(error.description)
    }
  }
}
