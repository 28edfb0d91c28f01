import Foundation
import TestSupport

/// A PostgreSQL server of a test's own, in a temporary folder, reached by a socket there.
final class PostgreSQL {
  static var isInstalled: Bool { programs() != nil }

  struct NotInstalled: Error {}

  private let folder: TemporaryFolder
  private let server: ChildProcess

  /// - Throws: `ChildProcess.Failure` when PostgreSQL does not start.
  init() throws {
    guard let programs = Self.programs() else { throw NotInstalled() }
    folder = try TemporaryFolder()
    let data = folder("data").path
    if Self.isRoot { try Self.run(["chown", Self.user, folder.url.path]) }
    try Self.run(
      Self.unprivileged + [
        programs + "/initdb", "--pgdata", data, "--username=search", "--auth=trust", "--no-sync",
      ])
    // No TCP: only the socket.
    server = try ChildProcess(
      running: Self.unprivileged + [
        programs + "/postgres", "-D", data, "-c", "listen_addresses=", "-c",
        "unix_socket_directories=\(folder.url.path)", "-c", "fsync=off",
      ])
    // It says so in a file.
    try server.wait(for: "being ready") {
      let state = FileManager.default.contents(atPath: data + "/postmaster.pid") ?? Data()
      return String(decoding: state, as: UTF8.self).contains("ready")
    }
  }

  func stop() throws {
    // Not SIGTERM, which waits for clients to leave.
    server.send(SIGINT)
    try server.wait()
  }

  var url: String { "postgresql://search@/postgres?host=\(folder.url.path)" }

  private static func run(_ command: [String]) throws {
    let result = try ChildProcess(running: command).wait()
    guard result.status == 0 else {
      throw ChildProcess.Failure(problem: "has failed", result: result)
    }
  }

  // The server refuses to run as root.
  private static let isRoot = geteuid() == 0
  private static let user = "nobody"
  /// Who becomes another user is no more killed with the tests, unless that is asked for again.
  private static let unprivileged =
    isRoot
    ? [
      "setpriv", "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "--pdeathsig", "KILL",
      "--",
    ] : []

  /// The folder of the server's programs: on PATH, or where Debian's packages have it.
  private static func programs() -> String? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    let folders = path.map(String.init) + versions.sorted().map { "\(debian)/\($0)/bin" }
    let initdb = folders.map { $0 + "/initdb" }.first(where: FileManager.default.isExecutableFile)
    // PATH may have links to some of them only.
    return initdb.map {
      URL(fileURLWithPath: $0).resolvingSymlinksInPath().deletingLastPathComponent().path
    }
  }
}
