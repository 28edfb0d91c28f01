import Support

/// Turns text into the token ids of a model, exactly as the Python packages `transformers` and `tokenizers` do.
///
/// The stages are those of a Hugging Face `tokenizer.json`: added tokens are found, the text
/// between them is normalized, cut into words, the words into tokens; then comes truncation, and
/// special tokens are put around. Nothing is ever padded.
public struct Tokenizer: Sendable {
  /// What a text goes through before special tokens are put around it.
  struct Stages: Sendable {
    /// The file that says so, for messages.
    let source: String
    let normalizer: (any Normalizer)?
    let preTokenizer: (any PreTokenizer)?
    let model: any TokenModel
    /// What makes text of tokens.
    var decoding: [any DecodingStage]
  }

  /// Where token types come from.
  package enum TypeIds: Sendable {
    /// The tokenizer's own template, which usually marks the second text of a pair with 1.
    case fromTemplate
    /// The model is given none, and takes all for 0.
    case zero
  }

  /// Tokens with a part in every text, as ids.
  public struct SpecialTokens: Sendable {
    /// The beginning of a text (`bos_token`).
    public var beginning: Int32?
    /// The end of a text (`eos_token`), after which a model stops writing.
    public var end: Int32?
    /// What fills up batches (`pad_token`).
    public var padding: Int32?
  }

  let stages: Stages
  let addedTokens: AddedTokens
  private let postProcessor: PostProcessor
  /// What is done to a text for which no length is given.
  private let truncationOfWhole: Truncation?
  /// Which end a text loses for a length that is given.
  private let truncationSide: Truncation.Side
  /// Where token types come from.
  package var typeIds: TypeIds

  /// The most tokens that the model was made for (`model_max_length`); nil if the files do not say.
  public let modelMaximumLength: Int?

  /// Tokens with a part in every text; nil where the files name none.
  public let specialTokens: SpecialTokens

  init(
    _ stages: Stages, _ addedTokens: AddedTokens, postProcessor: PostProcessor,
    whole truncation: Truncation? = nil, side: Truncation.Side = .right,
    typeIds: TypeIds = .fromTemplate, modelMaximumLength: Int? = nil,
    specialTokens: SpecialTokens = .init()
  ) {
    self.stages = stages
    self.addedTokens = addedTokens
    self.postProcessor = postProcessor
    truncationOfWhole = truncation
    truncationSide = side
    self.typeIds = typeIds
    self.modelMaximumLength = modelMaximumLength
    self.specialTokens = specialTokens
  }

  /// The largest id that can come out.
  public var maximumId: Int32 { max(maximumRegularId, addedTokens.maximumId) }

  /// The largest id of the vocabulary and of the special tokens that are put around a text, so without added tokens that
  /// a text need not have.
  package var maximumRegularId: Int32 {
    let special = postProcessor.single.specialIds + postProcessor.pair.specialIds
    return max(stages.model.vocabulary.maximumId, special.max() ?? -1)
  }

  /// How many rows an embedding table needs: the largest id and one.
  public var vocabularySize: Int { Int(maximumId) + 1 }

  /// How many special tokens are put around one text.
  public var specialTokenCount: Int { postProcessor.single.specialIds.count }

  /// How many special tokens are put around a pair of texts.
  public var pairSpecialTokenCount: Int { postProcessor.pair.specialIds.count }

  /// The token with `id`; nil if there is none.
  public func token(for id: Int32) -> String? {
    addedTokens.token(for: id) ?? stages.model.vocabulary.token(for: id)
  }

  /// The id of `token`, which is spelt as in the vocabulary; nil if it is not there.
  public func id(of token: String) -> Int32? {
    addedTokens.id(of: token) ?? stages.model.vocabulary.id(of: token)
  }

  /// The token with `id` as decoding reads it; nil if there is none.
  func decodedToken(for id: Int32) -> (text: [Unicode.Scalar], isSpecial: Bool)? {
    let model = stages.model.vocabulary
    guard
      let text = addedTokens.pattern(for: id)
        ?? model.token(for: id).map({ Array($0.unicodeScalars) })
    else { return nil }
    return (text, addedTokens.isSpecial(text))
  }

  /// What makes text of tokens, at the beginning of one.
  var decoding: [any DecodingStage] { stages.decoding }

  /// The ids of `text`, or of `text` and `pair` together, with special tokens.
  ///
  /// - Parameters:
  ///   - text: the text, or the first of two.
  ///   - pair: the second text of a pair.
  ///   - maxLength: the most ids there may be, special tokens included; the longer text
  ///     loses tokens (`longest_first`), from its end unless the folder says otherwise. The special tokens always stay, so
  ///     less than `specialTokenCount` (`pairSpecialTokenCount`) means no text at all. Without it, nothing is cut off from
  ///     the texts of a folder's tokenizer, and a `tokenizer.json` that was read alone is followed.
  /// - Throws: `InputError` when the file's normalizers make far too much of the text.
  public func encode(_ text: String, pair: String? = nil, maxLength: Int? = nil) throws -> Encoding
  {
    var first = try tokens(of: text)
    var second = try pair.map(tokens) ?? []
    let template = pair == nil ? postProcessor.single : postProcessor.pair
    let truncation =
      maxLength.map { Truncation(maximumLength: $0, side: truncationSide) } ?? truncationOfWhole
    let wasTruncated =
      truncation?.apply(to: &first, &second, specialTokenCount: template.specialIds.count)
    let (ids, types) = template.filled(with: first, second)
    return Encoding(
      ids: ids, typeIds: typeIds == .zero ? types.map { _ in 0 } : types,
      wasTruncated: wasTruncated ?? false)
  }

  /// The ids of a text without special tokens around it; those that are spelt out in the text are found.
  /// - Throws: `InputError` when the file's normalizers make far too much of the text.
  public func ids(of text: String) throws -> [Int32] { try tokens(of: text) }

  /// The ids of a text that is given word by word, with special tokens: `is_split_into_words` of `transformers`. Where
  /// words are spelt with the space before them (RoBERTa), every word is, the first one too (`add_prefix_space`).
  /// - Parameters:
  ///   - words: the words of the text.
  ///   - maxLength: the most ids there may be, special tokens included.
  /// - Throws: `InputError` when the file's normalizers make far too much of a word.
  public func encode(words: [String], maxLength: Int? = nil) throws -> Encoding {
    let keepsSpaces = stages.preTokenizer?.keepsSpaces ?? false
    var ids: [Int32] = []
    var owners: [Int] = []
    for (index, word) in words.enumerated() {
      let isSpaced = word.isEmpty || word.unicodeScalars.first == " "
      let spelt = keepsSpaces && !isSpaced ? " " + word : word
      let tokens = try tokens(of: spelt)
      ids += tokens
      owners += tokens.map { _ in index }
    }
    // What stands where is told by the places of the tokens, which no id is.
    var places = ids.indices.map { -1 - Int32($0) }
    var none: [Int32] = []
    let template = postProcessor.single
    let truncation =
      maxLength.map { Truncation(maximumLength: $0, side: truncationSide) } ?? truncationOfWhole
    let wasTruncated =
      truncation?.apply(to: &places, &none, specialTokenCount: template.specialIds.count)
    let (filled, types) = template.filled(with: places, [])
    return Encoding(
      ids: filled.map { $0 < 0 ? ids[Int(-1 - $0)] : $0 },
      typeIds: typeIds == .zero ? types.map { _ in 0 } : types,
      wasTruncated: wasTruncated ?? false,
      words: filled.map { $0 < 0 ? owners[Int(-1 - $0)] : nil })
  }

  private func tokens(of text: String) throws -> [Int32] {
    var ids: [Int32] = []
    for segment in addedTokens.raw.segments(of: Array(text.unicodeScalars)[...]) {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let raw):
        append(
          tokensOfNormalized: try stages.normalized(raw),
          place: raw.startIndex == 0 ? .beginning : .within, to: &ids)
      }
    }
    return ids
  }

  private func append(
    tokensOfNormalized text: [Unicode.Scalar], place: TextPlace, to ids: inout [Int32]
  ) {
    for segment in addedTokens.normalized.segments(of: text[...]) {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let piece):
        let place = piece.startIndex == 0 ? place : .within
        for word in stages.preTokenizer?.words(of: piece, place: place) ?? [piece] {
          stages.model.append(tokensOf: word, to: &ids)
        }
      }
    }
  }
}

extension Tokenizer.Stages {
  /// - Throws: `InputError` when the normalizers make far too much of the text.
  func normalized(_ raw: ArraySlice<Unicode.Scalar>) throws -> [Unicode.Scalar] {
    var text = Array(raw)
    do {
      try normalizer?.normalize(&text, limit: NormalizedLength.limit(of: raw))
    } catch {
      throw tooLong(of: "a text of \(raw.count) characters")
    }
    return text
  }

  /// The tokens to be found before the text is cut.
  /// - Throws: `InputError` when the normalizers make far too much of one.
  func adding(
    _ batches: [[AddedToken]], _ specialTokens: AddedTokens.SpecialTokensInText = .found
  ) throws -> AddedTokens {
    do {
      return try AddedTokens(
        batches, specialTokens, vocabulary: model.vocabulary, normalizer: normalizer)
    } catch {
      throw tooLong(of: "an added token")
    }
  }

  private func tooLong(of text: String) -> InputError {
    InputError(
      source, at: "key \"normalizer\"",
      "makes more of \(text) than \(NormalizedLength.scalarsPerScalar) characters for each "
        + "and \(NormalizedLength.scalarsBesides) besides")
  }
}
