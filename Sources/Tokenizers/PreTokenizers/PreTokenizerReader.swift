import Support

/// The pre-tokenizers that a `tokenizer.json` may name in `type`.
enum PreTokenizerReader: String, CaseIterable {
  case bertPreTokenizer = "BertPreTokenizer"
  case byteLevel = "ByteLevel"
  case digits = "Digits"
  case metaspace = "Metaspace"
  case punctuation = "Punctuation"
  case sequence = "Sequence"
  case split = "Split"
  case whitespace = "Whitespace"
  case whitespaceSplit = "WhitespaceSplit"

  /// More than this many in one file would only cost time.
  private static let maximumCount = 128

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any PreTokenizer {
    let preTokenizers = try list(field)
    guard preTokenizers.count <= maximumCount else {
      throw field.error(
        "has \(preTokenizers.count) pre-tokenizers, expected at most \(maximumCount)")
    }
    return preTokenizers.count == 1
      ? preTokenizers[0] : PreTokenizerSequence(preTokenizers: preTokenizers)
  }

  /// One pre-tokenizer, or those of a sequence and of the sequences in it.
  private static func list(_ field: JSONField) throws -> [any PreTokenizer] {
    guard try field.required("type").oneOf(Self.self) == .sequence else {
      return [try single(field)]
    }
    return try field.required("pretokenizers").elements().flatMap(list)
  }

  private static func single(_ field: JSONField) throws -> any PreTokenizer {
    switch try field.required("type").oneOf(Self.self) {
    case .bertPreTokenizer: return BertPreTokenizer()
    case .byteLevel:
      return ByteLevel(
        addsPrefixSpace: try field.required("add_prefix_space").bool(),
        cuts: try field.optional("use_regex")?.bool() ?? true)
    case .digits:
      return Digits(isolatesDigits: try field.required("individual_digits").bool())
    case .metaspace: return try metaspace(field)
    case .punctuation:
      return Punctuation(
        behavior: try field.optional("behavior")?.oneOf(SplitBehavior.self) ?? .isolated)
    case .sequence: return try read(field)
    case .split:
      return Split(
        pattern: try pattern(field.required("pattern")),
        behavior: try field.required("behavior").oneOf(SplitBehavior.self),
        inverts: try field.required("invert").bool())
    case .whitespace: return Whitespace()
    case .whitespaceSplit: return WhitespaceSplit()
    }
  }

  private static func pattern(_ field: JSONField) throws -> Split.Pattern {
    if let string = try field.optional("String") {
      return .string(Array(try string.string().unicodeScalars))
    }
    let expression = try field.required("Regex")
    guard let published = SplitPattern(rawValue: try expression.string()) else {
      throw expression.error(
        "is a regular expression that is not supported; supported: those of GPT-2, LLaMA 3 and Qwen2"
      )
    }
    return .published(published)
  }

  private static func metaspace(_ field: JSONField) throws -> Metaspace {
    let replacement = try field.required("replacement")
    let scalars = Array(try replacement.string().unicodeScalars)
    guard scalars.count == 1 else { throw replacement.error(expected: "one character") }
    return Metaspace(
      mark: scalars[0], prepends: try Metaspace.PrependScheme(field),
      cuts: try field.optional("split")?.bool() ?? true)
  }
}

extension Metaspace.PrependScheme {
  /// From a section `Metaspace`; older ones have `add_prefix_space`.
  /// - Throws: `InputError` naming the key at fault.
  init(_ field: JSONField) throws {
    let older = try field.optional("add_prefix_space")
    let scheme = try field.optional("prepend_scheme")?.oneOf(Self.self) ?? .always
    if let older, try !older.bool() {
      guard try field.optional("prepend_scheme") == nil || scheme == .never else {
        throw older.error("is false, which goes with the prepend_scheme \"never\" only")
      }
      self = .never
    } else {
      self = scheme
    }
  }
}
