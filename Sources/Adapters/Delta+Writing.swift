import Layers
import Methods
import Models
import Support
import Weights

/// The content of an adapter of changed elements. Every parameter is written in the form that takes least bytes,
/// together with the vectors that its group of layers needs.
struct Delta {
  private let writer: AdapterWriter
  private let run: AdapterWriter.Run?
  private var tensors: [NamedTensor] = []
  private var parameters = JSONObject()
  private var coordinates = JSONObject()

  init(_ writer: AdapterWriter, _ run: AdapterWriter.Run?) {
    self.writer = writer
    self.run = run
  }

  func content() throws -> (JSONObject, [NamedTensor]) {
    var delta = self
    let changed = writer.changed()
    let sums = try delta.sums(of: Set(changed.map(\.origin.name)))
    for group in Dictionary(grouping: sums, by: \.group).sorted(by: { $0.key < $1.key }) {
      delta.add(group.key, group.value)
    }
    for pair in changed where delta.parameters[pair.origin.name] == nil {
      delta.add(pair.origin, pair.final)
    }
    return (try delta.configuration(), delta.tensors)
  }

  private func configuration() throws -> JSONObject {
    var configuration: JSONObject = [
      "peft_type": "SPARSEGRAD", "format_version": .number(JSONNumber(DeltaFile.version)),
      "task_type": .string(writer.head.kind.peftTask),
      "base_model_name_or_path": .string(writer.base.path),
      "method": .string(run?.method.name ?? "difference"),
      "parameters": .object(parameters), "coordinates": .object(coordinates),
    ]
    if let run, case .sparseGrad(let settings) = run.method {
      configuration["axes"] = .string(settings.axes.rawValue)
      configuration["sharing"] = .string(settings.sharing.rawValue)
    }
    return configuration
  }

  /// The sums of changes of sparsely trained weights.
  private func sums(of changed: Set<String>) throws -> [ChangeSum] {
    guard let run, case .sparseGrad(let settings) = run.method else { return [] }
    return try run.trained.sparse.compactMap { site, learnt in
      let (role, weight) = (site.role, site.linear.weight)
      let name = weight.name
      guard changed.contains(name), let indices = run.state[AccumulatedChange.indicesName(name)]
      else { return nil }
      let isShared = settings.sharing == .shared && settings.needsBasis
      return ChangeSum(
        weight: weight, coordinates: learnt,
        group: isShared ? role.kind.rawValue : "\(role.kind.rawValue).\(role.block)",
        entries: try SparseTensor(
          indices: indices,
          values: run.state.tensor(AccumulatedChange.valuesName(name))
        ).read(below: learnt.count))
    }
  }

  /// Adds the sums of layers that share coordinates, unless their whole weights are smaller.
  private mutating func add(_ group: String, _ sums: [ChangeSum]) {
    let (output, input) = (
      NeededCoordinates(sums.map { ($0.coordinates.output, $0.outputs) }),
      NeededCoordinates(sums.map { ($0.coordinates.input, $0.inputs) })
    )
    let bytes = sums.reduce(output.byteCount + input.byteCount) { $0 + 8 * $1.entries.count }
    guard bytes < sums.reduce(0, { $0 + 4 * $1.weight.count }) else { return }
    coordinates[group] = [
      "output": .string(output.form.rawValue), "input": .string(input.form.rawValue),
    ]
    for (side, needed) in [("output", output), ("input", input)] {
      if let tensor = needed.tensor(DeltaFile.axis(group, side, needed.form)) {
        tensors.append(tensor)
      }
    }
    for sum in sums {
      let places = zip(sum.outputs, sum.inputs).map { row, column in
        UInt32(output.place(of: row) * input.count + input.place(of: column))
      }
      add(sum.weight.name, .change, places, sum.entries.map(\.1), coordinates: group)
    }
  }

  private mutating func add(_ origin: Parameter, _ final: Parameter) {
    let isNew = writer.origin.newlyInitialized.contains(origin.name)
    let engine = writer.engine
    let (different, values) = origin.withValue(engine) { origin in
      final.withValue(engine) { final in
        let different = (0..<origin.count).filter {
          origin.elements[$0].bitPattern != final.elements[$0].bitPattern
        }
        return (different, different.map { final.elements[$0] })
      }
    }
    guard !isNew, 8 * different.count < 4 * origin.count else {
      parameters[origin.name] = ["form": .string(DeltaFile.Form.values.rawValue)]
      tensors.append(NamedTensor(final, name: origin.name, engine))
      return
    }
    add(origin.name, .elements, different.map(UInt32.init), values, coordinates: nil)
  }

  private mutating func add(
    _ name: String, _ form: DeltaFile.Form, _ indices: [UInt32], _ values: [Float],
    coordinates: String?
  ) {
    var entry: JSONObject = ["form": .string(form.rawValue)]
    entry["coordinates"] = coordinates.map { .string($0) }
    parameters[name] = .object(entry)
    tensors.append(NamedTensor(DeltaFile.indices(name, form), indices))
    tensors.append(NamedTensor(DeltaFile.values(name, form), shape: [values.count], values))
  }
}

/// All that a weight was changed by, element by element of its coordinates.
private struct ChangeSum {
  let weight: Parameter
  let coordinates: WeightCoordinates
  /// Layers of one group have the same coordinates.
  let group: String
  let entries: [(UInt32, Float)]

  /// The coordinates of every entry.
  var outputs: [Int] { entries.map { Int($0.0) / coordinates.input.count } }
  var inputs: [Int] { entries.map { Int($0.0) % coordinates.input.count } }
}

/// The coordinates of an axis that some layers have entries in.
private struct NeededCoordinates {
  let form: DeltaFile.AxisForm
  private let axis: Coordinates
  /// The needed ones, ascending, and where each is among them.
  private let needed: [Int]
  private let places: [Int]

  /// - Parameter uses: the same axis for each layer, with the coordinates that its entries are in.
  init(_ uses: [(axis: Coordinates, coordinates: [Int])]) {
    axis = uses.first?.axis ?? .all(size: 0)
    switch axis {
    case .all:
      form = .all
      needed = Array(0..<axis.count)
    case .subset, .rotated:
      if case .subset = axis { form = .entries } else { form = .vectors }
      needed = Set(uses.flatMap(\.coordinates)).sorted()
    }
    var places = [Int](repeating: 0, count: axis.count)
    for (place, coordinate) in needed.enumerated() { places[coordinate] = place }
    self.places = places
  }

  var count: Int { needed.count }

  var byteCount: Int {
    switch axis {
    case .all: 0
    case .subset: 4 * count
    case .rotated: 4 * count * axis.size
    }
  }

  func place(of coordinate: Int) -> Int { places[coordinate] }

  func tensor(_ name: String) -> NamedTensor? {
    switch axis {
    case .all: return nil
    case .subset(let indices, _):
      return NamedTensor(name, needed.map { UInt32(indices.values[$0]) })
    case .rotated(let rotation):
      return NamedTensor(name, .float32, shape: [count, axis.size]) { [needed] body in
        for row in needed { try body(UnsafeRawBufferPointer(rotation.vectors[row: row])) }
      }
    }
  }
}
