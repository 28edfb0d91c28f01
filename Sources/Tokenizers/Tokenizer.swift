/// Turns text into the token ids of a model, exactly as the Python package `tokenizers` does.
///
/// The stages are those of a Hugging Face `tokenizer.json`: added tokens are found, the text
/// between them is normalized, cut into words, the words into tokens; then comes truncation, and
/// special tokens are put around. Nothing is ever padded.
public struct Tokenizer: Sendable {
  private let addedTokens: AddedTokens
  private let normalizer: (any Normalizer)?
  private let preTokenizer: (any PreTokenizer)?
  private let model: any TokenModel
  private let postProcessor: PostProcessor
  private let truncation: Truncation?

  /// The largest id that can come out.
  public let maximumId: Int32

  init(
    addedTokens: [AddedToken], normalizer: (any Normalizer)?, preTokenizer: (any PreTokenizer)?,
    model: any TokenModel, postProcessor: PostProcessor, truncation: Truncation?
  ) {
    self.addedTokens = AddedTokens(
      addedTokens, vocabulary: model.vocabulary, normalizer: normalizer)
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    self.truncation = truncation
    let special = postProcessor.single.specialIds + postProcessor.pair.specialIds
    maximumId = max(
      model.vocabulary.maximumId, self.addedTokens.maximumId, special.max() ?? -1)
  }

  /// How many rows an embedding table needs: the largest id and one.
  public var vocabularySize: Int { Int(maximumId) + 1 }

  /// How many special tokens are put around one text.
  public var specialTokenCount: Int { postProcessor.single.specialIds.count }

  /// How many special tokens are put around a pair of texts.
  public var pairSpecialTokenCount: Int { postProcessor.pair.specialIds.count }

  /// The token with `id`; nil if there is none.
  public func token(for id: Int32) -> String? {
    addedTokens.token(for: id) ?? model.vocabulary.token(for: id)
  }

  /// The id of `token`, which is spelt as in the vocabulary; nil if it is not there.
  public func id(of token: String) -> Int32? {
    addedTokens.id(of: token) ?? model.vocabulary.id(of: token)
  }

  /// The ids of `text`, or of `text` and `pair` together, with special tokens.
  ///
  /// - Parameter maxLength: the most ids there may be, special tokens included; the longer text
  ///   loses tokens from its end (`longest_first`). The special tokens always stay, so less than
  ///   `specialTokenCount` (`pairSpecialTokenCount`) means no text at all. Without it, what the
  ///   file says about truncation is done.
  public func encode(_ text: String, pair: String? = nil, maxLength: Int? = nil) -> Encoding {
    var first = tokens(of: text)
    var second = pair.map(tokens) ?? []
    let template = pair == nil ? postProcessor.single : postProcessor.pair
    let truncation = maxLength.map { Truncation(maximumLength: $0) } ?? truncation
    let wasTruncated =
      truncation?.apply(to: &first, &second, specialTokenCount: template.specialIds.count)
    let (ids, typeIds) = template.filled(with: first, second)
    return Encoding(ids: ids, typeIds: typeIds, wasTruncated: wasTruncated ?? false)
  }

  private func tokens(of text: String) -> [Int32] {
    var ids: [Int32] = []
    for segment in addedTokens.raw.segments(of: Array(text.unicodeScalars)[...]) {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let raw):
        var text = Array(raw)
        normalizer?.normalize(&text)
        append(tokensOfNormalized: text, to: &ids)
      }
    }
    return ids
  }

  private func append(tokensOfNormalized text: [Unicode.Scalar], to ids: inout [Int32]) {
    for segment in addedTokens.normalized.segments(of: text[...]) {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let piece):
        for word in preTokenizer?.words(of: piece) ?? [piece] {
          model.append(tokensOf: word, to: &ids)
        }
      }
    }
  }
}
