import Foundation
import Support

/// A Hugging Face model folder: `config.json`, the weights, and the files of the tokenizer. A GGUF file, which has all
/// three in it, is taken for one.
public struct ModelFolder: Sendable {
  /// The folder, or the GGUF file.
  public let url: URL
  /// Whether it is a GGUF file.
  public let isGGUF: Bool

  /// `config.json`
  public static let configurationName = "config.json"
  /// `model.safetensors`
  public static let weightsName = "model.safetensors"
  /// What the state of a run is called, before the endings of its files.
  package static let trainingStateName = "training_state"
  /// The files that tokenizers of all kinds keep in a model's folder.
  public static let tokenizerNames = [
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt", "tokenizer.model", "sentencepiece.bpe.model",
    "spiece.model", "spm.model", "chat_template.jinja",
  ]

  /// A folder, or a GGUF file, that is there.
  /// - Throws: `InputError` when it is missing, is another file, or holds no `config.json`.
  public init(_ url: URL) throws {
    isGGUF = GGUFFile.isGGUF(url)
    if isGGUF {
      self.url = url
      return
    }
    if let name = Self.hubName(url) {
      throw InputError(
        url.path,
        "no such folder; models are not fetched by name, "
          + "`hf download \(name) --local-dir \(url.lastPathComponent)` does"
      )
    }
    try InputFile.checkFolder(url)
    self.url = url
    guard FileManager.default.fileExists(atPath: configurationURL.path) else {
      let state = url.appendingPathComponent(Self.trainingStateName + ".safetensors")
      guard !FileManager.default.fileExists(atPath: state.path) else {
        throw InputError(
          url.path,
          "is a checkpoint of a run and holds only what trains, expected the folder of a model: "
            + "\(Setting.resuming) goes on from it")
      }
      throw InputError(
        url.path, "holds no \(Self.configurationName), expected a Hugging Face model folder")
    }
  }

  /// What must be the name of a model of the Hugging Face hub (`bert-base-uncased`, `owner/name`), because there is no
  /// such file or folder and it does not look like a path either.
  private static func hubName(_ url: URL) -> String? {
    func isThere(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
    let name = url.relativePath
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in part.first.map { $0.isLetter || $0.isNumber } ?? false }
    guard isName, parts.count <= 2, !isThere(url),
      parts.count == 1 || !isThere(url.deletingLastPathComponent())
    else { return nil }
    return name
  }

  /// Reads `config.json`, or what a GGUF file has in its place.
  /// - Throws: `InputError` when it is malformed.
  public func configuration() throws -> ConfigurationFile {
    try isGGUF ? GGUFFile(url).configuration() : ConfigurationFile(configurationURL)
  }

  /// Checks that the tokenizer's files, which are copied along with a model, belong to the folder. A link that leads
  /// out of it would copy whatever it leads to; only the hub's cache, where `snapshots/<revision>/<name>` are links to
  /// `blobs`, keeps a folder's files elsewhere.
  /// - Throws: `InputError` naming the link.
  public func checkTokenizerLinks() throws {
    guard !isGGUF else { return }
    let folder = url.resolvingSymlinksInPath()
    let snapshots = folder.deletingLastPathComponent()
    let blobs = snapshots.deletingLastPathComponent().appendingPathComponent("blobs")
    for name in Self.tokenizerNames {
      let target = folder.appendingPathComponent(name).resolvingSymlinksInPath()
      let isInside = target.path.hasPrefix(folder.path + "/")
      let isBlob =
        snapshots.lastPathComponent == "snapshots"
        && target.deletingLastPathComponent().path == blobs.path
      guard isInside || isBlob else {
        throw InputError(
          url.appendingPathComponent(name).path,
          "is a link to \(target.path), expected a file of the folder, or of the hub's cache that it is in"
        )
      }
    }
  }

  /// Copies the tokenizer's files that are there to another folder, unchanged; from a GGUF file they are made.
  /// - Throws: `InputError` when one cannot be read or written.
  public func copyTokenizer(to folder: URL) throws {
    if isGGUF {
      try GGUFFile(url).writeTokenizer(to: folder)
      return
    }
    try checkTokenizerLinks()
    for name in Self.tokenizerNames {
      let file = url.appendingPathComponent(name)
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      let contents = try MappedFile(file)
      try AtomicOutput.write(Data(contents.bytes), to: folder.appendingPathComponent(name))
    }
  }

  /// Writes a model that `transformers` loads: each file whole or not at all, `config.json` last,
  /// so that a new folder is not taken for a model before it is one.
  ///
  /// Inside `AtomicOutput.folder` the whole folder appears at once.
  /// - Parameters:
  ///   - configuration: the content of `config.json`.
  ///   - tensors: the weights.
  ///   - tokenizer: the folder whose tokenizer is copied along, if any.
  ///   - folder: the folder to write.
  /// - Throws: `InputError` when a file cannot be written.
  public static func write(
    _ configuration: ConfigurationFile, _ tensors: [NamedTensor], tokenizer: ModelFolder?,
    to folder: URL
  ) throws {
    try tokenizer?.copyTokenizer(to: folder)
    try SafetensorsWriter.write(tensors, to: folder.appendingPathComponent(weightsName))
    try configuration.write(to: folder.appendingPathComponent(configurationName))
  }

  private var configurationURL: URL { url.appendingPathComponent(Self.configurationName) }
}
