/// Cuts one word into tokens (section `model`).
protocol TokenModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the ids of the tokens of `word`, which is not empty.
  func append(tokensOf word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32])
}

extension ArraySlice<Unicode.Scalar> {
  /// Encoded in UTF-8.
  var utf8Bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for scalar in self { bytes += scalar.utf8 }
    return bytes
  }
}
