import Layers

/// What a method trains of a model.
public struct TrainedParameters {
  /// Everything that a step changes, in the order of the model's parameters.
  public internal(set) var all: [any Trainable] = []
  /// The layers whose weights stay as they are, with what LoRA adds to them.
  package internal(set) var additions: [(site: LinearSite, lora: LoRA)] = []
  /// The layers of whose weights few elements train, in these coordinates.
  package internal(set) var sparse: [(site: LinearSite, coordinates: WeightCoordinates)] = []

  private var ofMethod: Set<ObjectIdentifier> = []

  /// Nothing.
  public init() {}

  /// Whether it is what the method is for, not what trains beside it.
  package func isOfMethod(_ trainable: any Trainable) -> Bool {
    ofMethod.contains(ObjectIdentifier(trainable))
  }

  /// Notes what the method is for, and returns it.
  mutating func addOfMethod(_ trainables: [any Trainable]) -> [any Trainable] {
    ofMethod.formUnion(trainables.map { ObjectIdentifier($0) })
    return trainables
  }
}
