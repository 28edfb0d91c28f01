import Foundation
import Support

extension Tokenizer {
  /// Reads `tokenizer.json` of a model's folder, or without one `vocab.json` and `merges.txt` of a RoBERTa, or
  /// `vocab.txt` of a BERT.
  /// - Throws: `InputError` if none is there, or naming the file and key at fault.
  public init(folder: URL) throws {
    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: file(name).path)
    }
    let configuration = file("tokenizer_config.json")
    if exists("tokenizer.json") {
      try self.init(contentsOf: file("tokenizer.json"))
    } else if exists("vocab.json"), exists("merges.txt") {
      try self.init(
        robertaVocabulary: file("vocab.json"), merges: file("merges.txt"),
        configuration: configuration)
    } else if exists("vocab.txt") {
      try self.init(bertVocabulary: file("vocab.txt"), configuration: configuration)
    } else {
      throw InputError(
        folder.path, "has no tokenizer.json (nor vocab.json with merges.txt, nor vocab.txt)")
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
