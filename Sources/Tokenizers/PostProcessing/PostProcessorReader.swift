import Support

/// The post-processors that a `tokenizer.json` may name in `type`.
enum PostProcessorReader: String, CaseIterable {
  case bertProcessing = "BertProcessing"
  case byteLevel = "ByteLevel"
  case robertaProcessing = "RobertaProcessing"
  case sequence = "Sequence"
  case templateProcessing = "TemplateProcessing"

  /// Templates of published models have up to 7 pieces; each may repeat a text.
  private static let maximumPieces = 32
  private static let maximumSpecialTokens = 256

  /// - Throws: `InputError` naming the key that is missing, of the wrong kind or not supported.
  static func read(_ field: JSONField) throws -> PostProcessor {
    switch try field.required("type").oneOf(Self.self) {
    case .bertProcessing:
      return .bert(
        classificationId: try id(ofTokenAndId: field.required("cls")),
        separatorId: try id(ofTokenAndId: field.required("sep")))
    case .byteLevel:
      // It changes offsets only.
      return .none
    case .robertaProcessing:
      return .roberta(
        classificationId: try id(ofTokenAndId: field.required("cls")),
        separatorId: try id(ofTokenAndId: field.required("sep")))
    case .sequence:
      return try sequence(field.required("processors"))
    case .templateProcessing:
      let special = try field.required("special_tokens")
      let single = try template(field.required("single"), special)
      if single.uses(.second) {
        throw try field.required("single").error("uses sequence B, which a single text lacks")
      }
      return PostProcessor(
        single: single, pair: try template(field.required("pair"), special))
    }
  }

  /// Of several post-processors, one may do something.
  private static func sequence(_ field: JSONField) throws -> PostProcessor {
    let effective = try field.elements().filter {
      try $0.required("type").oneOf(Self.self) != .byteLevel
    }
    guard effective.count <= 1 else {
      throw field.error("has \(effective.count) that add tokens; one is supported")
    }
    return try effective.first.map(read) ?? .none
  }

  /// From a pair like `["[CLS]", 101]`.
  private static func id(ofTokenAndId field: JSONField) throws -> Int32 {
    let elements = try field.elements()
    guard elements.count == 2 else { throw field.error("is not a token with its id") }
    return try elements[1].natural()
  }

  private static func template(_ field: JSONField, _ special: JSONField) throws -> Template {
    let pieces = try field.elements()
    guard pieces.count <= maximumPieces else {
      throw field.error("has \(pieces.count) pieces, expected at most \(maximumPieces)")
    }
    let template = Template(pieces: try pieces.map { try piece($0, special) })
    let count = template.specialIds.count
    guard count <= maximumSpecialTokens else {
      throw field.error("adds \(count) special tokens, expected at most \(maximumSpecialTokens)")
    }
    return template
  }

  private static func piece(_ field: JSONField, _ special: JSONField) throws -> Template.Piece {
    if let text = try field.optional("Sequence") {
      return .text(
        try text.required("id").oneOf(Template.Text.self),
        typeId: try text.required("type_id").natural())
    }
    let token = try field.required("SpecialToken")
    let ids = try special.required(try token.required("id").string()).required("ids")
    return .special(
      ids: try ids.elements().map { try $0.natural() },
      typeId: try token.required("type_id").natural())
  }
}
