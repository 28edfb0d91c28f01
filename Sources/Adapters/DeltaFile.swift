import Methods
import Support
import Weights

/// An adapter of changed elements: what `adapter_config.json` announces, found in the tensors.
///
///     "parameters": {"<name>": {"form": "values" | "elements" | "change", "coordinates": "<group>"}, ...}
///     "coordinates": {"<group>": {"output": "all" | "entries" | "vectors", "input": ...}, ...}
struct DeltaFile {
  /// How the change of a parameter is written down.
  enum Form: String, CaseIterable {
    /// `<name>`: all elements' new values.
    case values
    /// `<name>.elements.indices` and `.values`: some elements' new values.
    case elements
    /// `<name>.change.indices` and `.values`: what is added in the group's coordinates.
    case change
  }

  /// How the coordinates of an axis are written down.
  enum AxisForm: String, CaseIterable {
    case all
    /// `coordinates.<group>.<side>.entries`
    case entries
    /// `coordinates.<group>.<side>.vectors`
    case vectors
  }

  /// The version that is written. Version 1 called the rotated axes by other names (`axes`, for information only); the
  /// rest of it is the same.
  static let version = 2
  private static let readableVersions = 1...version
  let changes: [String: [WeightChange]]
  let summary: String

  static func indices(_ name: String, _ form: Form) -> String { "\(name).\(form.rawValue).indices" }
  static func values(_ name: String, _ form: Form) -> String { "\(name).\(form.rawValue).values" }
  static func axis(_ group: String, _ side: String, _ form: AxisForm) -> String {
    "coordinates.\(group).\(side).\(form.rawValue)"
  }

  /// - Throws: `InputError` naming the key or tensor that is missing or not announced.
  init(_ file: AdapterFile) throws {
    let configuration = file.configuration
    guard Self.readableVersions.contains(try configuration.integer("format_version")) else {
      throw configuration.error("format_version", expected: "1 or 2")
    }
    let tensors = Dictionary(file.tensors.map { ($0.info.name, $0) }, uniquingKeysWith: { $1 })
    var unused = Set(tensors.keys)
    func tensor(_ name: String) throws -> TensorView {
      guard let tensor = tensors[name] else { throw file.missing(name) }
      unused.remove(name)
      return tensor
    }
    let root = JSONField(file: configuration.url.path, value: .object(configuration.object))
    var groups: [String: (output: StoredAxis, input: StoredAxis)] = [:]
    for (group, sides) in try root.required("coordinates").members() {
      func axis(_ side: String) throws -> StoredAxis {
        let form = try sides.required(side).oneOf(AxisForm.self)
        switch form {
        case .all: return .all
        case .entries: return .entries(try tensor(Self.axis(group, side, form)))
        case .vectors: return .vectors(try tensor(Self.axis(group, side, form)))
        }
      }
      groups[group] = (try axis("output"), try axis("input"))
    }
    var changes: [String: [WeightChange]] = [:]
    for (name, entry) in try root.required("parameters").members() {
      let form = try entry.required("form").oneOf(Form.self)
      func sparse() throws -> SparseTensor {
        SparseTensor(
          indices: try tensor(Self.indices(name, form)),
          values: try tensor(Self.values(name, form)))
      }
      switch form {
      case .values: changes[name] = [.values(try tensor(name))]
      case .elements: changes[name] = [.elements(try sparse())]
      case .change:
        let group = try entry.required("coordinates")
        guard let axes = groups[try group.string()] else {
          throw group.error(expected: "a group of \"coordinates\"")
        }
        changes[name] = [.sparse(try sparse(), output: axes.output, input: axes.input)]
      }
    }
    if let name = unused.sorted().first, let tensor = tensors[name] {
      throw tensor.error("belongs to no parameter that \(AdapterFile.configurationName) announces")
    }
    self.changes = changes
    summary = try configuration.string("method")
  }
}
