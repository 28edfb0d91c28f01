import CCrypto

/// The SHA-256 digest of bytes that come in pieces, computed by OpenSSL's libcrypto.
package final class SHA256 {
  private let context: OpaquePointer

  /// A digest of nothing yet.
  /// - Throws: `InputError` when there is no libcrypto.
  package init() throws {
    if let problem = digest_open() { throw InputError("OpenSSL", String(cString: problem)) }
    guard let context = digest_begin() else { throw Self.failure }
    self.context = context
  }

  deinit { digest_free(context) }

  /// Goes on with `bytes`.
  /// - Throws: `InputError` when libcrypto fails.
  package func update(_ bytes: UnsafeRawBufferPointer) throws {
    guard digest_update(context, bytes.baseAddress, bytes.count) == 1 else { throw Self.failure }
  }

  /// Goes on with the UTF-8 bytes of `text`.
  /// - Throws: `InputError` when libcrypto fails.
  package func update(_ text: String) throws {
    var text = text
    try text.withUTF8 { try update(UnsafeRawBufferPointer($0)) }
  }

  /// The digest in 64 hexadecimal digits; nothing can be added any more.
  /// - Throws: `InputError` when libcrypto fails.
  package func finish() throws -> String {
    var bytes = [UInt8](repeating: 0, count: Int(DIGEST_BYTES))
    guard digest_finish(context, &bytes) == 1 else { throw Self.failure }
    return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private static var failure: InputError { InputError("OpenSSL", "its SHA-256 failed") }
}
