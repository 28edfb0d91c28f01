import Foundation

/// A request of HTTP/1.1 (RFC 9112).
struct HTTPRequest {
  /// `GET`, `POST`, ...
  let method: String
  /// Without what follows a question mark.
  let path: String
  let body: Data

  /// What is wrong with a request, and the status that says so.
  struct Problem: Error {
    let status: Int
    let message: String
  }

  /// The most that a request may have.
  private static let (mostHeaders, mostBody) = (64 << 10, 16 << 20)

  /// Reads a request.
  /// - Returns: nil if the connection was closed before one came.
  /// - Throws: `Problem`.
  init?(_ connection: HTTPConnection) throws {
    var received = Data()
    let end = Data("\r\n\r\n".utf8)
    var headEnd = received.range(of: end)
    while headEnd == nil {
      guard received.count <= Self.mostHeaders else {
        throw Problem(status: 431, message: "the headers have more than 64 KiB")
      }
      guard let more = connection.receive() else {
        guard !received.isEmpty else { return nil }
        throw Problem(status: 400, message: "the request ends within its headers")
      }
      received += more
      headEnd = received.range(of: end)
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
      throw Problem(status: 400, message: "expected a request of HTTP/1.1")
    }
    method = String(words[0])
    path = String(words[1].prefix { $0 != "?" })
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    guard headers["transfer-encoding"] == nil else {
      throw Problem(status: 411, message: "expected a body with Content-Length")
    }
    guard let count = Int(headers["content-length"] ?? "0"), count >= 0 else {
      throw Problem(status: 400, message: "Content-Length is no number")
    }
    guard count <= Self.mostBody else {
      throw Problem(status: 413, message: "the body has more than 16 MiB")
    }
    if headers["expect"]?.lowercased() == "100-continue" {
      try connection.send(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    var body = Data(received[headEnd.upperBound...])
    while body.count < count {
      guard let more = connection.receive() else {
        throw Problem(status: 400, message: "the request ends within its body")
      }
      body += more
    }
    self.body = body.prefix(count)
  }
}
