extension KeyedDecodingContainer {
  /// The value of a key; if the key is not there, what it is then.
  func read<Value: Decodable>(_ key: Key, else value: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? value
  }

  /// The value of a key that may have none, which is written as null.
  func read<Value: Decodable>(_ key: Key, else value: Value?) throws -> Value? {
    try contains(key) ? decodeIfPresent(Value.self, forKey: key) : value
  }
}
