import Support

/// The normalizers that a `tokenizer.json` may name in `type`.
enum NormalizerReader: String, CaseIterable {
  case bertNormalizer = "BertNormalizer"
  case lowercase = "Lowercase"
  case nfc = "NFC"
  case nfd = "NFD"
  case nfkc = "NFKC"
  case nfkd = "NFKD"
  case prepend = "Prepend"
  case replace = "Replace"
  case sequence = "Sequence"
  case strip = "Strip"
  case stripAccents = "StripAccents"

  /// More than this many in one file would only cost time.
  private static let maximumCount = 128

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> any Normalizer {
    let normalizers = try list(field)
    guard normalizers.count <= maximumCount else {
      throw field.error("has \(normalizers.count) normalizers, expected at most \(maximumCount)")
    }
    return normalizers.count == 1 ? normalizers[0] : NormalizerSequence(normalizers: normalizers)
  }

  /// One normalizer, or those of a sequence and of the sequences in it.
  private static func list(_ field: JSONField) throws -> [any Normalizer] {
    guard try field.required("type").oneOf(Self.self) == .sequence else {
      return [try single(field)]
    }
    return try field.required("normalizers").elements().flatMap(list)
  }

  private static func single(_ field: JSONField) throws -> any Normalizer {
    switch try field.required("type").oneOf(Self.self) {
    case .bertNormalizer:
      let lowercases = try field.required("lowercase").bool()
      return BertNormalizer(
        cleansText: try field.required("clean_text").bool(),
        spacesChinese: try field.required("handle_chinese_chars").bool(),
        stripsAccents: try field.optional("strip_accents")?.bool() ?? lowercases,
        lowercases: lowercases)
    case .lowercase: return Lowercase()
    case .nfc: return UnicodeNormalizer(form: .nfc)
    case .nfd: return UnicodeNormalizer(form: .nfd)
    case .nfkc: return UnicodeNormalizer(form: .nfkc)
    case .nfkd: return UnicodeNormalizer(form: .nfkd)
    case .prepend:
      return Prepend(content: Array(try field.required("prepend").string().unicodeScalars))
    case .replace:
      let (pattern, content) = try Replacement.read(field)
      return Replace(pattern: pattern, content: content)
    case .sequence: return try read(field)
    case .strip:
      return Strip(
        left: try field.required("strip_left").bool(),
        right: try field.required("strip_right").bool())
    case .stripAccents: return StripAccents()
    }
  }
}

/// What a section `Replace` of normalizers or decoders says.
enum Replacement {
  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> (
    pattern: [Unicode.Scalar], content: [Unicode.Scalar]
  ) {
    let pattern = try field.required("pattern")
    if let expression = try pattern.optional("Regex") {
      throw expression.error("is a regular expression, which is not supported; supported: String")
    }
    let string = try pattern.required("String")
    let scalars = Array(try string.string().unicodeScalars)
    guard !scalars.isEmpty else { throw string.error("is empty, which replaces nothing") }
    return (scalars, Array(try field.required("content").string().unicodeScalars))
  }
}
