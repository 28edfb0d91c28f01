import Compute
import Foundation
import Layers
import Methods
import Models
import Support
import Weights

/// Writes what training has changed in a model as an adapter of it.
public struct AdapterWriter {
  /// The model that the adapter will belong to, as a head of the new kind was put on it.
  let origin: any TransformerModel
  /// The model after training.
  let final: any TransformerModel
  let head: HeadConfiguration
  /// Where the model came from, and the digest of its tensors.
  let base: (path: String, fingerprint: Fingerprint)
  let engine: Engine

  /// Two models of one shape.
  /// - Parameters:
  ///   - origin: the base; what was not in its folder is written down whatever it is.
  ///   - final: the model after training.
  ///   - head: what its head tells apart.
  ///   - path: what the adapter says of where the base is.
  ///   - fingerprint: of the base's tensors.
  ///   - engine: the one that the models were loaded with.
  public init(
    origin: any TransformerModel, final: any TransformerModel, head: HeadConfiguration,
    path: String, fingerprint: Fingerprint, _ engine: Engine
  ) {
    self.origin = origin
    self.final = final
    self.head = head
    base = (path, fingerprint)
    self.engine = engine
  }

  /// Two folders, the second of which is to be made of the first.
  /// - Throws: `InputError` when one cannot be loaded, their shapes differ, or a label is there twice.
  public init(from base: ModelFolder, to model: ModelFolder, _ engine: Engine) throws {
    guard try model.hasClassificationHead() else {
      throw InputError(model.url.path, "has no classification head, expected a fine-tuned model")
    }
    let configuration = try model.configuration()
    let head = try HeadConfiguration(configuration)
    guard head.repeatedLabel == nil else {
      throw configuration.error("id2label", expected: "every label once")
    }
    let origin = try base.model(
      head: head, weights: base.headWeights(for: head), engine)
    let final = try model.model(head: head, engine)
    let shapes = [origin, final].map { $0.parameters.map { [$0.name: $0.shape] } }
    guard shapes[0] == shapes[1] else {
      throw InputError(model.url.path, "has another shape than \(base.url.path)")
    }
    self.init(
      origin: origin, final: final, head: head, path: base.url.path,
      fingerprint: try Fingerprint(of: base.checkpoint()), engine)
  }

  /// What a run of a method has learnt besides the parameters' values.
  public struct Run {
    let method: TrainingMethod
    let trained: TrainedParameters
    let state: Checkpoint

    /// - Parameters:
    ///   - method: the method of the run.
    ///   - trained: what `method` trains.
    ///   - state: of all that trains, at the time when the final model was saved.
    public init(method: TrainingMethod, trained: TrainedParameters, state: Checkpoint) {
      self.method = method
      self.trained = trained
      self.state = state
    }
  }

  /// The parameters that differ from the base, or that it does not have.
  func changed() -> [(origin: Parameter, final: Parameter)] {
    let new = Set(origin.newlyInitialized)
    return zip(origin.parameters, final.parameters).filter { origin, final in
      new.contains(origin.name) || !haveSameValue(origin, final)
    }.map { (origin: $0, final: $1) }
  }
}

extension AdapterWriter {
  private func haveSameValue(_ a: Parameter, _ b: Parameter) -> Bool {
    a.withValue(engine) { a in
      b.withValue(engine) { b in
        memcmp(a.data, b.data, a.count * MemoryLayout<Float>.stride) == 0
      }
    }
  }
}

extension NamedTensor {
  /// A parameter's value under a name.
  package init(_ parameter: Parameter, name: String, _ engine: Engine) {
    self.init(name, .float32, shape: parameter.shape) { body in
      try parameter.withValue(engine) { try body(UnsafeRawBufferPointer($0.elements)) }
    }
  }

  /// A list of indices.
  init(_ name: String, _ indices: [UInt32]) {
    self.init(name, .uint32, shape: [indices.count]) { try indices.withUnsafeBytes($0) }
  }
}
