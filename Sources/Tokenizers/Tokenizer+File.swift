import Foundation
import Support

extension Tokenizer {
  /// Reads `tokenizer.json` of a model's folder, or `vocab.txt` of a BERT without one.
  /// - Throws: `InputError` if neither is there, or naming the file and key at fault.
  public init(folder: URL) throws {
    let file = folder.appendingPathComponent("tokenizer.json")
    let vocabulary = folder.appendingPathComponent("vocab.txt")
    if FileManager.default.fileExists(atPath: file.path) {
      try self.init(contentsOf: file)
    } else if FileManager.default.fileExists(atPath: vocabulary.path) {
      try self.init(
        bertVocabulary: vocabulary,
        configuration: folder.appendingPathComponent("tokenizer_config.json"))
    } else {
      throw InputError(folder.path, "has no tokenizer.json (nor a vocab.txt)")
    }
  }

  /// Reads a `tokenizer.json` of the package `tokenizers`.
  /// - Throws: `InputError` naming the file, the key and what is supported there.
  public init(contentsOf url: URL) throws {
    let file = try JSONField(contentsOf: url)
    self.init(
      addedTokens: try file.optional("added_tokens")?.elements().map(AddedToken.init) ?? [],
      normalizer: try file.optional("normalizer").map(NormalizerReader.read),
      preTokenizer: try file.optional("pre_tokenizer").map(PreTokenizerReader.read),
      model: try TokenModelReader.read(file.required("model")),
      postProcessor: try file.optional("post_processor").map(PostProcessorReader.read) ?? .none,
      truncation: try file.optional("truncation").map(Truncation.init))
  }
}
