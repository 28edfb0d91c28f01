import Foundation
import Support

extension Tokenizer {
  /// Reads a `tokenizer.json` of the package `tokenizers` as it stands, whatever lies beside it.
  /// - Throws: `InputError` naming the file, the key and what is supported there.
  public init(contentsOf url: URL) throws {
    let file = try JSONField(contentsOf: url)
    let stages = try Stages(file)
    let tokens = try file.optional("added_tokens")?.elements().map(AddedToken.init) ?? []
    self.init(
      stages, try stages.adding([tokens]),
      postProcessor: try file.optional("post_processor").map(PostProcessorReader.read) ?? .none,
      whole: try file.optional("truncation").map(Truncation.init))
  }
}

extension Tokenizer.Stages {
  /// The stages that a `tokenizer.json` describes.
  /// - Throws: `InputError` naming the key at fault.
  init(_ file: JSONField) throws {
    self.init(
      source: file.file, normalizer: try file.optional("normalizer").map(NormalizerReader.read),
      preTokenizer: try file.optional("pre_tokenizer").map(PreTokenizerReader.read),
      model: try TokenModelReader.read(file.required("model")),
      decoding: try file.optional("decoder").map(DecoderReader.read) ?? [SpacesBetween()])
  }
}
