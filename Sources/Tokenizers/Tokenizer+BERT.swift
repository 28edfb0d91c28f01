import Foundation
import Support

extension Tokenizer {
  /// The standard BERT tokenizer over a `vocab.txt`, built as `transformers` does.
  /// - Parameter configuration: `tokenizer_config.json`; need not exist.
  /// - Throws: `InputError` naming the file and the key or token at fault.
  init(bertVocabulary url: URL, configuration: URL) throws {
    let configuration = try TokenizerConfiguration(configuration)
    let vocabulary = try VocabularyFile.read(url)
    let padding = try configuration.token("pad_token", or: "[PAD]")
    let unknown = try configuration.token("unk_token", or: "[UNK]")
    let classification = try configuration.token("cls_token", or: "[CLS]")
    let separator = try configuration.token("sep_token", or: "[SEP]")
    let mask = try configuration.token("mask_token", or: "[MASK]")
    let lowercases = try configuration.flag("do_lower_case", or: true)
    self.init(
      addedTokens: [padding, unknown, classification, separator, mask].filter {
        vocabulary.id(of: $0.content) != nil
      },
      normalizer: BertNormalizer(
        cleansText: true,
        spacesChinese: try configuration.flag("tokenize_chinese_chars", or: true),
        stripsAccents: try configuration.flag("strip_accents", or: lowercases),
        lowercases: lowercases),
      preTokenizer: BertPreTokenizer(),
      model: WordPieceModel(
        vocabulary: vocabulary, unknownId: try unknown.id(in: vocabulary, from: url),
        continuationPrefix: "##", longestWord: 100),
      postProcessor: .bert(
        classificationId: try classification.id(in: vocabulary, from: url),
        separatorId: try separator.id(in: vocabulary, from: url)),
      truncation: nil)
  }
}
