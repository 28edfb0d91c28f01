import Support

/// The metadata of a GGUF file: typed access whose errors name the file and the key.
public struct GGUFMetadata: Sendable {
  /// The name of the file, for messages.
  let source: String
  /// All keys, in the order of the file.
  public let keys: [String]
  private let values: [String: GGUFValue]

  init(_ entries: [(key: String, value: GGUFValue)], source: String) throws {
    self.source = source
    keys = entries.map(\.key)
    values = try Dictionary(entries.map { ($0.key, $0.value) }) { _, _ in
      throw InputError(source, "a key of the metadata stands twice")
    }
  }

  /// A value, or nil when there is no such key.
  public subscript(key: String) -> GGUFValue? { values[key] }

  /// An integer, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func integer(_ key: String) throws -> Int? {
    try value(key, "an integer below 2^63") { $0.integer }
  }

  /// A number, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else, or what is not finite.
  public func number(_ key: String) throws -> Double? {
    try value(key, "a finite number") { $0.number.flatMap { $0.isFinite ? $0 : nil } }
  }

  /// A text, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func text(_ key: String) throws -> String? { try value(key, "a text") { $0.text } }

  /// True or false, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func truth(_ key: String) throws -> Bool? { try value(key, "true or false") { $0.truth } }

  /// A list of texts, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func texts(_ key: String) throws -> [String]? {
    try list(key, "a list of texts") { $0.text }
  }

  /// A list of integers, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func integers(_ key: String) throws -> [Int]? {
    try list(key, "a list of integers") { $0.integer }
  }

  /// A list of numbers, or nil when the key is absent.
  /// - Throws: `InputError` when it holds something else.
  public func numbers(_ key: String) throws -> [Double]? {
    try list(key, "a list of numbers") { $0.number }
  }

  private func list<T>(
    _ key: String, _ expected: String, _ convert: (GGUFValue) -> T?
  ) throws -> [T]? {
    try value(key, expected) { value in
      guard case .array(_, let elements) = value else { return nil }
      let converted = elements.compactMap(convert)
      return converted.count == elements.count ? converted : nil
    }
  }

  private func value<T>(
    _ key: String, _ expected: String, _ convert: (GGUFValue) -> T?
  ) throws -> T? {
    guard let value = values[key] else { return nil }
    guard let converted = convert(value) else {
      throw error(key, "holds \(value.kind), expected \(expected)")
    }
    return converted
  }

  /// The error for a key whose value cannot be used.
  func error(_ key: String, _ problem: String) -> InputError {
    InputError(source, at: "key \"\(key)\"", problem)
  }
}
