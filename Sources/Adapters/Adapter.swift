import Compute
import Foundation
import Layers
import Methods
import Models
import Support
import Weights

/// A small folder that makes a fine-tuned model of the model it was trained on: LoRA's factors as `peft`
/// writes them, or the elements that SparseGrad and MeProp have changed.
public struct Adapter {
  /// What an adapter consists of (`peft_type` in `adapter_config.json`).
  public enum Kind: String, CaseIterable, Sendable {
    /// Low-rank additions (`peft`).
    case lora = "LORA"
    /// Changed elements (this project).
    case sparseGrad = "SPARSEGRAD"
  }

  /// The folder.
  public let url: URL
  /// What it consists of.
  public let kind: Kind
  /// Of the model it belongs to, where that was written down; `peft` does not.
  public var base: Fingerprint? { about.base }
  /// In one line: rank and alpha, or the method.
  public let summary: String
  let about: AdapterMetadata
  /// The kind of head that its task has, if it says so.
  let headKind: HeadKind?
  /// By parameter, in the order in which they are made.
  let changes: [String: [WeightChange]]
  /// Which modules must have low-rank additions.
  let targets: LoRAConfiguration?

  /// Reads the adapter in a folder.
  /// - Throws: `InputError` naming the file, and the key or tensor that is missing, wrong or not supported.
  public init(folder: URL) throws {
    let file = try AdapterFile(folder)
    guard let type = Kind(rawValue: try file.configuration.string("peft_type")) else {
      let known = Kind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
      throw file.configuration.error("peft_type", expected: known)
    }
    url = folder
    kind = type
    about = file.about
    headKind = try file.configuration.stringIfPresent("task_type").flatMap(HeadKind.init(peftTask:))
    switch type {
    case .lora:
      let configuration = try LoRAConfiguration(file.configuration)
      targets = configuration
      changes = try configuration.changes(in: file)
      summary = configuration.summary
    case .sparseGrad:
      targets = nil
      let delta = try DeltaFile(file)
      changes = delta.changes
      summary = delta.summary
    }
  }

  /// Changes a model's parameters, or takes what was added back.
  /// - Parameters:
  ///   - skipped: parameters that stay as they are.
  ///   - leavesOutAdditions: whether low-rank additions are left to be made by somebody else.
  /// - Throws: `InputError` naming the tensor that does not fit the model, or the module that has none.
  func change(
    _ model: any TransformerModel, _ direction: WeightChange.Direction,
    except skipped: Set<String> = [], leavingOutAdditions: Bool = false, _ engine: Engine
  ) throws {
    try targets?.check(changes, model, url)
    let parameters = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
    let loader = AxisLoader(engine)
    for (name, changes) in changes.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters[name] else {
        throw InputError(
          url.path, at: "\"\(name)\"",
          "\(model.path) has no such parameter: another architecture or depth?")
      }
      guard !skipped.contains(name) else { continue }
      for change in changes where !(leavingOutAdditions && change.isLowRank) {
        try change.change(parameter, direction, loader)
      }
    }
  }

  /// The parameters that it gives new values, whatever they were.
  package var replaced: Set<String> {
    Set(
      changes.filter { _, changes in
        changes.contains { if case .values = $0 { true } else { false } }
      }.keys)
  }

  /// The tensor that gives the parameter `name` new values, if there is one.
  func replacement(of name: String) -> TensorView? {
    for case .values(let tensor) in changes[name] ?? [] { return tensor }
    return nil
  }
}

extension TransformerModel {
  /// The folder it is from, for messages.
  var path: String { configuration.url.deletingLastPathComponent().path }
}
