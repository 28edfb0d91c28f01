import Foundation
import Support

extension Tokenizer {
  /// The standard BERT tokenizer over a `vocab.txt`, built as `transformers` does.
  /// - Parameter configuration: `tokenizer_config.json`; need not exist.
  /// - Throws: `InputError` naming the file and the key or token at fault.
  init(bertVocabulary url: URL, configuration: URL) throws {
    let settings = try BertSettings(configuration)
    let vocabulary = try VocabularyFile.read(url)
    func id(of token: String) throws -> Int32 {
      if let id = vocabulary.id(of: token) { return id }
      throw InputError(url.path, "lacks the special token \"\(token)\"")
    }
    let special = [
      settings.padding, settings.unknown, settings.classification, settings.separator,
      settings.mask,
    ]
    self.init(
      addedTokens: special.filter { vocabulary.id(of: $0) != nil }.map(AddedToken.special),
      normalizer: BertNormalizer(
        cleansText: true, spacesChinese: settings.spacesChinese,
        stripsAccents: settings.stripsAccents, lowercases: settings.lowercases),
      preTokenizer: BertPreTokenizer(),
      model: WordPieceModel(
        vocabulary: vocabulary, unknownId: try id(of: settings.unknown), continuationPrefix: "##",
        longestWord: 100),
      postProcessor: .bert(
        classificationId: try id(of: settings.classification),
        separatorId: try id(of: settings.separator)),
      truncation: nil)
  }
}
