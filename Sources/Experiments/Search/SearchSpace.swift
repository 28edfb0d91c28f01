import Support

/// The flags of `sparsegrad finetune` that are searched, and their possible values.
public struct SearchSpace: Equatable, Sendable {
  /// How the values of a range are spread.
  public enum Spread<Value: Equatable & Sendable>: Equatable, Sendable {
    /// Evenly.
    case uniform
    /// Evenly in their logarithms.
    case logarithmic
    /// Only the lowest value plus multiples of a step.
    case steps(of: Value)
  }

  /// The possible values of a flag.
  public enum Dimension: Equatable, Sendable {
    /// One of some texts.
    case choices([String])
    /// An integer of a range, bounds included.
    case integers(from: Int, through: Int, Spread<Int>)
    /// A number of a range, bounds included.
    case reals(from: Double, through: Double, Spread<Double>)
  }

  /// Dimensions by flag, without its dashes.
  public internal(set) var dimensions: [String: Dimension] = [:]

  /// A space without dimensions.
  public init() {}

  /// The dimension of a flag. To search a flag that was searched already replaces its dimension.
  public subscript(flag: String) -> Dimension? { dimensions[flag] }

  /// The flags, sorted.
  public var flags: [String] { dimensions.keys.sorted() }

  /// Searches a flag.
  /// - Throws: `InputError` with `source` when there is nothing to choose from.
  public mutating func search(_ flag: String, _ dimension: Dimension, source: String) throws {
    if let problem = dimension.problem {
      throw InputError(source, at: "key \"\(flag)\"", problem)
    }
    dimensions[flag] = dimension
  }

  /// Searches some flags no more.
  public mutating func remove(_ flags: some Sequence<String>) {
    for flag in flags { dimensions[flag] = nil }
  }

  /// The space as `optuna ask --search-space` reads it (`optuna.distributions.distribution_to_json`).
  package var json: JSONValue {
    var object = JSONObject()
    for flag in flags { object[flag] = dimensions[flag]?.json }
    return .object(object)
  }
}

extension SearchSpace.Dimension {
  /// Values that are valid if all are: the choices, or the bounds.
  public var extremes: [String] {
    switch self {
    case .choices(let choices): choices
    case .integers(let low, let high, _): [String(low), String(high)]
    case .reals(let low, let high, _): [String(low), String(high)]
    }
  }

  fileprivate var problem: String? {
    switch self {
    case .choices(let choices):
      if choices.isEmpty { return "expected at least one value" }
      return Set(choices).count < choices.count ? "has the same value twice" : nil
    case .integers(let low, let high, let spread):
      return Self.problem(low, high, spread, Double.init)
    case .reals(let low, let high, let spread):
      guard low.isFinite, high.isFinite else { return "expected finite numbers" }
      return Self.problem(low, high, spread) { $0 }
    }
  }

  private static func problem<Value: Comparable & Numeric>(
    _ low: Value, _ high: Value, _ spread: SearchSpace.Spread<Value>,
    _ number: (Value) -> Double
  ) -> String? {
    guard low < high else { return "low is \(low) and high \(high), expected low below high" }
    switch spread {
    case .uniform: return nil
    case .logarithmic:
      return low > 0 ? nil : "low is \(low), expected more than 0 for a logarithmic range"
    case .steps(let step):
      // Sums of integers may overflow.
      return step > 0 && number(low) + number(step) <= number(high)
        ? nil : "step is \(step), expected more than 0, and no more than the range"
    }
  }

  fileprivate var json: JSONValue {
    switch self {
    case .choices(let choices):
      return Self.distribution(
        "Categorical", ["choices": .array(choices.map { .string($0) })])
    case .integers(let low, let high, let spread):
      let step: JSONValue =
        if case .steps(let step) = spread { .number(JSONNumber(step)) } else { 1 }
      return Self.distribution(
        "Int",
        [
          "low": .number(JSONNumber(low)), "high": .number(JSONNumber(high)), "step": step,
          "log": .bool(spread == .logarithmic),
        ])
    case .reals(let low, let high, let spread):
      let step: JSONValue =
        if case .steps(let step) = spread { .number(JSONNumber(step)) } else { .null }
      return Self.distribution(
        "Float",
        [
          "low": .number(JSONNumber(low)), "high": .number(JSONNumber(high)), "step": step,
          "log": .bool(spread == .logarithmic),
        ])
    }
  }

  private static func distribution(_ name: String, _ attributes: JSONValue) -> JSONValue {
    ["name": .string(name + "Distribution"), "attributes": attributes]
  }
}
