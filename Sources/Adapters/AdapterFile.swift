import Foundation
import Methods
import Models
import Support
import Weights

/// The two files of an adapter's folder, as `peft` calls them.
struct AdapterFile {
  static let configurationName = "adapter_config.json"
  static let weightsName = "adapter_model.safetensors"

  let url: URL
  let configuration: ConfigurationFile
  let tensors: [TensorView]
  let about: AdapterMetadata

  /// - Throws: `InputError` when the folder or one of its files is missing or malformed.
  init(_ url: URL) throws {
    try InputFile.checkFolder(url)
    let names = [Self.configurationName, Self.weightsName]
    for name in names where !Self.exists(name, in: url) {
      let isPickled = name == Self.weightsName && Self.exists("adapter_model.bin", in: url)
      throw InputError(
        url.path,
        isPickled
          ? "holds adapter_model.bin, expected \(name): save it again with a current peft"
          : "holds no \(name), expected the folder of an adapter")
    }
    self.url = url
    configuration = try ConfigurationFile(url.appendingPathComponent(names[0]))
    let file = try SafetensorsFile(url.appendingPathComponent(names[1]))
    tensors = file.tensors
    about = try AdapterMetadata(file.metadata, source: url.appendingPathComponent(names[1]).path)
  }

  /// Writes both files; inside `AtomicOutput.folder` they appear at once.
  static func write(
    _ configuration: JSONObject, _ tensors: [NamedTensor], _ about: AdapterMetadata, to folder: URL
  ) throws {
    try SafetensorsWriter.write(
      tensors, metadata: about.texts, to: folder.appendingPathComponent(weightsName))
    let url = folder.appendingPathComponent(configurationName)
    try ConfigurationFile(configuration, at: url).write(to: url)
  }

  /// The error for a tensor that should be there.
  func missing(_ tensor: String) -> InputError {
    InputError(
      url.appendingPathComponent(Self.weightsName).path, at: "tensor \"\(tensor)\"", "is missing")
  }

  private static func exists(_ name: String, in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
  }
}

/// What the metadata of an adapter's tensors say besides `format`; `peft` writes none of it, and does not
/// mind it.
struct AdapterMetadata {
  /// Of the model that the adapter belongs to.
  var base: Fingerprint?
  /// What the head that comes with the adapter tells apart.
  var head: HeadConfiguration?

  init(base: Fingerprint?, head: HeadConfiguration?) {
    self.base = base
    self.head = head
  }

  init(_ texts: [String: String], source: String) throws {
    base = texts["base_fingerprint"].map(Fingerprint.init(hexadecimal:))
    guard let name = texts["problem_type"] else { return }
    guard let problem = HeadConfiguration.Problem(rawValue: name) else {
      throw InputError(source, at: "__metadata__", "problem_type is not one that is known")
    }
    guard problem != .regression else {
      head = .regression
      return
    }
    guard let text = texts["labels"],
      let labels = try? JSONDecoder().decode([String].self, from: Data(text.utf8)),
      labels.isEmpty == (problem == .nextToken)
    else {
      throw InputError(source, at: "__metadata__", "labels are missing or no list of texts")
    }
    let known = HeadConfiguration(problem, labels: labels)
    if let label = known.repeatedLabel {
      throw InputError(source, at: "__metadata__", "has the label \"\(label)\" twice")
    }
    head = known
  }

  var texts: [String: String] {
    var texts = ["format": "pt"]
    texts["base_fingerprint"] = base?.description
    texts["problem_type"] = head?.problem.rawValue
    if let head, head.problem != .regression {
      let list = JSONValue.array(head.labels.map { .string($0) })
      texts["labels"] = list.text(.compact)
    }
    return texts
  }
}
