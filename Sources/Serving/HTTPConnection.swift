import Foundation

/// A connection to a client; it is closed with this object.
final class HTTPConnection: Sendable {
  private let descriptor: Int32

  /// The client has gone.
  struct Closed: Error {}

  /// Takes a descriptor over. Who says nothing for half a minute, or takes nothing, has gone.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var patience = timeval(tv_sec: 30, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
  }

  deinit { close(descriptor) }

  /// What came; nil when nothing comes any more.
  func receive() -> Data? {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count > 0 { return Data(buffer[..<count]) }
      guard count < 0, errno == EINTR else { return nil }
    }
  }

  /// - Throws: `Closed`.
  func send(_ data: Data) throws {
    try data.withUnsafeBytes { bytes in
      var sent = 0
      while sent < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        let count = Glibc.send(
          descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw Closed() }
        sent += count
      }
    }
  }

  /// Sends a whole answer.
  func send(status: Int, _ type: String, _ body: Data) throws {
    try send(Self.head(status, type, "Content-Length: \(body.count)\r\n") + body)
  }

  /// Begins an answer that comes in pieces and ends with the connection.
  func begin(_ type: String) throws {
    try send(Self.head(200, type, "Cache-Control: no-cache\r\n"))
  }

  private static func head(_ status: Int, _ type: String, _ more: String) -> Data {
    let reasons = [
      200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
      411: "Length Required", 413: "Content Too Large", 431: "Request Header Fields Too Large",
      500: "Internal Server Error",
    ]
    return Data(
      "HTTP/1.1 \(status) \(reasons[status] ?? "Error")\r\nContent-Type: \(type)\r\n\(more)Connection: close\r\n\r\n"
        .utf8)
  }
}
