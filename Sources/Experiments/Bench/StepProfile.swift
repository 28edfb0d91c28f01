import Compute

/// Where the time of steps goes.
struct StepProfile: Codable {
  /// Something that takes time, averaged over the timed steps.
  struct Entry: Codable, Hashable {
    /// The part of the model, or of the step; nil outside of all.
    let part: String?
    /// Forward pass, backward pass or update; nil outside of all parts.
    let phase: String?
    /// The kind of work: `products`, `attention`, `normalization`, ..., or `rest` for what is no operation of the
    /// engine: bookkeeping, and loops on one thread.
    let work: String
    let operation: String
    var seconds: Double
    var calls: Double
    /// Floating-point operations, of products only.
    var flops: Double
  }

  private(set) var entries: [Entry]

  /// - Parameters:
  ///   - seconds: of all steps together.
  ///   - steps: how many there were.
  init(_ profiler: Profiler, seconds: Double, steps: Int) {
    var rest = profiler.scopes
    var outside = seconds - profiler.scopes.values.reduce(0, +)
    entries = profiler.operations.map { place, record in
      if let scope = place.scope {
        rest[scope, default: 0] -= record.seconds
      } else {
        outside -= record.seconds
      }
      return Entry(
        place.scope, work: place.operation.work, place.operation.name, seconds: record.seconds,
        calls: record.calls, flops: record.flops)
    }
    entries += rest.map { Entry($0, work: "rest", "", seconds: $1, calls: 0, flops: 0) }
    entries.append(Entry(nil, work: "rest", "", seconds: outside, calls: 0, flops: 0))
    scale(by: 1 / Double(steps))
    sort()
  }

  /// The mean of the profiles of several repeats; nil when there are none.
  init?(meanOf profiles: [StepProfile]) {
    guard !profiles.isEmpty else { return nil }
    var merged: [String: Entry] = [:]
    for entry in profiles.flatMap(\.entries) {
      let key = [entry.part ?? "", entry.phase ?? "", entry.work, entry.operation]
        .joined(separator: "\n")
      merged[key, default: entry.empty].add(entry)
    }
    entries = Array(merged.values)
    scale(by: 1 / Double(profiles.count))
    sort()
  }

  /// The whole of a step.
  var seconds: Double { entries.reduce(0) { $0 + $1.seconds } }

  private mutating func scale(by factor: Double) {
    for i in entries.indices {
      entries[i].seconds *= factor
      entries[i].calls *= factor
      entries[i].flops *= factor
    }
  }

  private mutating func sort() { entries.sort { $0.seconds > $1.seconds } }
}

extension StepProfile.Entry {
  fileprivate init(
    _ scope: Profiler.Scope?, work: String, _ operation: String, seconds: Double, calls: Int,
    flops: Int
  ) {
    (part, phase) = (scope?.part.rawValue, scope?.phase.rawValue)
    (self.work, self.operation) = (work, operation)
    (self.seconds, self.calls, self.flops) = (seconds, Double(calls), Double(flops))
  }

  fileprivate var empty: Self {
    var copy = self
    (copy.seconds, copy.calls, copy.flops) = (0, 0, 0)
    return copy
  }

  fileprivate mutating func add(_ other: Self) {
    seconds += other.seconds
    calls += other.calls
    flops += other.flops
  }
}

extension Profiler.Operation {
  /// `products`, or the file that an operation is in: `Compute/Engine+Attention.swift` is `attention`.
  fileprivate var work: String {
    switch self {
    case .product: "products"
    case .function(_, let file): file.baseName.lowercased()
    }
  }

  /// A function's name, or a product's operands and the layer or method that asks for it.
  fileprivate var name: String {
    switch self {
    case .product(let form, let rows, let columns, let caller):
      "\(form.formula), w \(rows) x \(columns), \(caller.baseName)"
    case .function(let name, _): String(name.prefix { $0 != "(" })
    }
  }
}

extension ProductForm {
  fileprivate var formula: String {
    switch self {
    case .nt: "x wᵀ"
    case .nn: "y w"
    case .tn: "yᵀ x"
    }
  }
}

extension String {
  /// Of `Compute/Engine+Attention.swift` or `Layers/Linear.swift`: `Attention`, `Linear`.
  fileprivate var baseName: String {
    let file = split(separator: "/").last ?? ""
    return String(file.split(separator: ".").first?.split(separator: "+").last ?? "")
  }
}
