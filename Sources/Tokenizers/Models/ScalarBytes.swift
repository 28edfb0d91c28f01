extension ArraySlice<Unicode.Scalar> {
  /// Encoded in UTF-8.
  var utf8Bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for scalar in self { bytes += scalar.utf8 }
    return bytes
  }
}
