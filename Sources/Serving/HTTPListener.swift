import Foundation
import Support

/// Waits for connections at an address of this machine.
final class HTTPListener {
  private let descriptor: Int32
  /// The port; one that was free if 0 was asked for.
  let port: Int

  /// - Parameters:
  ///   - host: the address of one of the machine's interfaces: `127.0.0.1`, `0.0.0.0` for all.
  ///   - port: 0 for any that is free.
  /// - Throws: `InputError` when the address cannot be used.
  init(host: String, port: Int) throws {
    func failure(_ problem: String) -> InputError {
      InputError("\(host):\(port)", "\(problem): \(String(cString: strerror(errno)))")
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1
    else { throw InputError(host, "expected an IPv4 address such as 127.0.0.1") }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("no socket can be made") }
    self.descriptor = descriptor
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    self.port = Int(UInt16(bigEndian: address.sin_port))
    guard bound else {
      defer { close(descriptor) }
      throw failure("cannot be listened at")
    }
  }

  deinit { close(descriptor) }

  /// The next connection.
  /// - Throws: `InputError` when no more come.
  func accept() throws -> HTTPConnection {
    while true {
      let client = Glibc.accept(descriptor, nil, nil)
      if client >= 0 { return HTTPConnection(client) }
      // Too many files are open, or the client has gone: others may come.
      guard [EINTR, ECONNABORTED, EMFILE, ENFILE].contains(errno) else {
        throw InputError(
          "port \(port)", "cannot be listened at: \(String(cString: strerror(errno)))")
      }
      if errno == EMFILE || errno == ENFILE { Thread.sleep(forTimeInterval: 0.1) }
    }
  }
}
