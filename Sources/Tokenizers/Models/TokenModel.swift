/// Cuts one word into tokens (section `model`).
protocol TokenModel: Sendable {
  var vocabulary: Vocabulary { get }

  /// Appends the ids of the tokens of `word`, which is not empty.
  func append(tokensOf word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32])
}
