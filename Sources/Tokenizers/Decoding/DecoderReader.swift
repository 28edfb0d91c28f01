import Support

/// The decoders that a `tokenizer.json` may name in `type`.
enum DecoderReader: String, CaseIterable {
  case byteFallback = "ByteFallback"
  case byteLevel = "ByteLevel"
  case fuse = "Fuse"
  case metaspace = "Metaspace"
  case replace = "Replace"
  case sequence = "Sequence"
  case strip = "Strip"
  case wordPiece = "WordPiece"

  /// More than this many in one file would only cost time.
  private static let maximumCount = 128
  private static let longestStrip: Int32 = 1024

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> [any DecodingStage] {
    let decoders = try list(field)
    guard decoders.count <= maximumCount else {
      throw field.error("has \(decoders.count) decoders, expected at most \(maximumCount)")
    }
    var isFused = false
    return try decoders.flatMap { decoder in
      let kind = try decoder.required("type").oneOf(Self.self)
      if isFused, !kind.worksInPieces {
        throw decoder.error("\(kind.rawValue) follows a decoder that joins all tokens into one")
      }
      isFused = isFused || kind == .byteLevel || kind == .fuse
      return try kind.stages(decoder)
    }
  }

  /// One decoder, or those of a sequence and of the sequences in it.
  private static func list(_ field: JSONField) throws -> [JSONField] {
    guard try field.required("type").oneOf(Self.self) == .sequence else { return [field] }
    return try field.required("decoders").elements().flatMap(list)
  }

  /// Whether it needs no whole token at once.
  private var worksInPieces: Bool { [.fuse, .replace, .strip].contains(self) }

  private func stages(_ field: JSONField) throws -> [any DecodingStage] {
    switch self {
    case .byteFallback: return [ByteFallbackDecoding()]
    case .byteLevel: return [ByteLevelDecoding()]
    case .fuse: return [FuseDecoding()]
    case .metaspace:
      return [
        MetaspaceDecoding(
          mark: try Self.character(field.required("replacement")), prepends: try .init(field))
      ]
    case .replace:
      let (pattern, content) = try Replacement.read(field)
      return [ReplaceDecoding(pattern: pattern, content: content)]
    case .sequence: return []
    case .strip:
      let stop = try field.required("stop")
      guard try stop.natural() == 0 else { throw stop.error("is not supported; supported: 0") }
      let start = try field.required("start")
      guard try start.natural() <= Self.longestStrip else {
        throw start.error(expected: "at most \(Self.longestStrip)")
      }
      return [
        StripDecoding(
          content: try Self.character(field.required("content")), count: Int(try start.natural()))
      ]
    case .wordPiece:
      let decoding = WordPieceDecoding(continuationPrefix: try field.required("prefix").string())
      return try field.required("cleanup").bool()
        ? [decoding] + WordPieceDecoding.cleaning : [decoding]
    }
  }

  private static func character(_ field: JSONField) throws -> Unicode.Scalar {
    let scalars = Array(try field.string().unicodeScalars)
    guard scalars.count == 1 else { throw field.error(expected: "one character") }
    return scalars[0]
  }
}
