import Support

/// What all trials of a study have in common, so that their values can be compared. The study carries it as a user
/// attribute.
public struct SearchSubject: Equatable, Sendable {
  /// What is searched.
  public let space: SearchSpace
  /// The flags that are the same in all trials and decide what is computed, as `--flag=value`.
  public let flags: [String]
  /// Digests of what all trials are given, by what messages call it: `model weights`, `training data`. Where it is
  /// does not matter, and what a study does not know is not compared.
  public let inputs: [String: String]

  /// The order of flags does not matter.
  public init(space: SearchSpace, flags: [String], inputs: [String: String] = [:]) {
    self.space = space
    self.flags = flags.sorted()
    self.inputs = inputs
  }

  /// As it stands in the storage.
  package var text: String {
    var digests = JSONObject()
    for (name, digest) in inputs.sorted(by: { $0.key < $1.key }) { digests[name] = .string(digest) }
    let object: JSONValue = [
      "space": space.json, "flags": .array(flags.map { .string($0) }), "inputs": .object(digests),
    ]
    return object.text(.compact)
  }

  /// What is different in a study that carries `stored`, in words; nil if nothing is.
  /// - Throws: `InputError` when it is not what `text` writes.
  package func difference(from stored: JSONField) throws -> String? {
    let source = "attribute of the study"
    let object: JSONField
    do {
      object = JSONField(file: source, value: try JSONParser.parse(Array(stored.string().utf8)))
    } catch let error as JSONSyntaxError {
      throw InputError(source, "is not JSON: \(error.problem)")
    }
    let there = try object.required("space").object()
    let here = try JSONField(file: source, value: space.json).object()
    for key in Set(there.keys + here.keys).sorted() where there[key] != here[key] {
      return
        "has another search space: \(key) is \(words(there[key])) there, \(words(here[key])) here"
    }
    let begun = Set(try object.required("flags").elements().map { try $0.string() })
    if let missing = begun.subtracting(flags).min() { return "was begun with \(missing)" }
    if let new = Set(flags).subtracting(begun).min() { return "was not begun with \(new)" }
    let given = try object.optional("inputs")?.object()
    for (name, digest) in inputs.sorted(by: { $0.key < $1.key }) {
      if let there = given?[name], there != .string(digest) {
        return "was begun with other \(name)"
      }
    }
    return nil
  }

  /// A dimension as Optuna writes it, without the name of its class.
  private func words(_ distribution: JSONValue?) -> String {
    guard case .object(let object)? = distribution else { return "not searched" }
    return object["attributes"]?.text(.compact) ?? "unknown"
  }
}
