import Adapters
import Compute
import Foundation
import Models
import Support
import Tokenizers
import Weights

/// A language model, with adapters merged into it, as a GGUF file that llama.cpp runs.
public struct GGUFExport {
  /// A Hugging Face folder or a GGUF file.
  public let model: ModelFolder
  /// Merged into the model in this order.
  public let adapters: [Adapter]
  /// What matrices are stored as: one of `TensorType.encodable`. Vectors are F32.
  public let type: TensorType

  /// What was written.
  public struct Summary: Sendable {
    /// How many tensors there are, and how many bytes the file has.
    public let tensors: Int, bytes: Int
    /// Matrices whose rows are no whole blocks of the type, by their names in the file: they are F16.
    public let notQuantised: [String]
    /// The longest text of the model, where that is less than its configuration has: windows of attention, which such
    /// files do not have, are not longer.
    public let shortenedContext: Int?
  }

  /// - Throws: `InputError` when a path leads to no model, or to no adapter, or the type is none that is written.
  public init(model: URL, adapters: [URL] = [], as type: TensorType) throws {
    guard TensorType.encodable.contains(type) else {
      let known = TensorType.encodable.map(\.rawValue).joined(separator: ", ")
      throw InputError("type", "\(type.rawValue) cannot be written, expected \(known)")
    }
    self.model = try ModelFolder(model)
    self.adapters = try adapters.map { try Adapter(folder: $0) }
    self.type = type
  }

  /// Writes the file, which appears whole or not at all.
  /// - Throws: `InputError` when the model is none that writes text, an adapter does not belong to it, such files have no
  ///   place for something of it, or the file cannot be written.
  public func write(to url: URL) throws -> Summary {
    let configuration = try model.configuration()
    guard try HeadConfiguration(configuration).kind == .vocabulary else {
      throw configuration.error("architectures", expected: "a class that ends in ForCausalLM")
    }
    // What is missing there is known before anything is computed.
    let tokenizer = try tokenizer()
    let engine = try Engine(precision: .float32)
    let loaded = try model.model(languageModelWith: adapters, engine)
    let name = model.url.deletingPathExtension().lastPathComponent
    let content = try GGUFModel(loaded, name: name, as: type, engine)
    let bytes = try GGUFWriter.write(
      metadata: described(content.metadata) + tokenizer, tensors: content.tensors, to: url)
    let longest = try model.inputLimits().maximumLength
    return Summary(
      tensors: content.tensors.count, bytes: bytes,
      notQuantised: content.notQuantised,
      shortenedContext: content.contextLength < longest ? content.contextLength : nil)
  }

  /// What a GGUF file says of its model in general, such as its name and licence, stays.
  private func described(_ entries: [GGUFWriter.Entry]) throws -> [GGUFWriter.Entry] {
    guard model.isGGUF else { return entries }
    let (metadata, prefix) = (try GGUFFile(model.url).metadata, "general.")
    let computed = Set(entries.map(\.key)).union([prefix + "alignment"])
    let others = metadata.keys.filter { $0.hasPrefix(prefix) && !computed.contains($0) }
    return entries.map { entry in
      entry.key == prefix + "name" ? (entry.key, metadata[entry.key] ?? entry.value) : entry
    } + others.compactMap { key in metadata[key].map { (key, $0) } }
  }

  /// The keys of the tokenizer. Those of a GGUF file are as they were.
  private func tokenizer() throws -> [GGUFWriter.Entry] {
    guard !model.isGGUF else {
      let metadata = try GGUFFile(model.url).metadata
      return metadata.keys.filter { $0.hasPrefix("tokenizer.") }
        .compactMap { key in metadata[key].map { (key, $0) } }
    }
    let count = try model.inputLimits().vocabularySize
    let lists = try TokenizerVocabulary(folder: model.url, count: count)
    var entries = lists.metadata()
    let ends = try model.endTokens(Tokenizer(model)).filter { $0 != lists.specialTokens.end }
    for (role, id) in zip(["eot", "eom"], ends.sorted()) {
      entries.append(("tokenizer.ggml.\(role)_token_id", .count(Int(id))))
    }
    if let template = try ChatTemplateSource(model)?.template {
      entries.append(("tokenizer.chat_template", .string(template)))
    }
    return entries
  }
}
