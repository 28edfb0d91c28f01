import Foundation
import Support

extension Tokenizer {
  /// The standard RoBERTa tokenizer over `vocab.json` and `merges.txt`, built as `transformers` does.
  /// - Parameter configuration: `tokenizer_config.json`; need not exist.
  /// - Throws: `InputError` naming the file and the key, line or token at fault.
  init(robertaVocabulary url: URL, merges: URL, configuration: URL) throws {
    let configuration = try TokenizerConfiguration(configuration)
    let vocabulary = try Vocabulary(JSONField(contentsOf: url))
    let classification = try configuration.token("cls_token", or: "<s>")
    let separator = try configuration.token("sep_token", or: "</s>")
    let special = [
      try configuration.token("bos_token", or: "<s>"),
      try configuration.token("eos_token", or: "</s>"),
      try configuration.token("unk_token", or: "<unk>"), separator,
      try configuration.token("pad_token", or: "<pad>"), classification,
      try configuration.token("mask_token", or: "<mask>"),
    ]
    self.init(
      addedTokens: special.filter { vocabulary.id(of: $0.content) != nil }, normalizer: nil,
      preTokenizer: ByteLevel(
        addsPrefixSpace: try configuration.flag("add_prefix_space", or: false), cuts: true),
      model: BPEModel(
        vocabulary: vocabulary, merges: try MergesFile.read(merges, vocabulary)),
      postProcessor: .roberta(
        classificationId: try classification.id(in: vocabulary, from: url),
        separatorId: try separator.id(in: vocabulary, from: url)),
      truncation: nil)
  }
}
