import Foundation

/// A PostgreSQL server of a test's own, in a temporary folder, reached by a socket there.
final class PostgreSQL {
  /// There is no server to start.
  struct Missing: Error { let reason: String }

  // Short, because a socket's path may have 107 bytes.
  private let folder = URL(fileURLWithPath: "/tmp/sg-\(UUID().uuidString.prefix(8))")
  private let programs: String
  private var data: String { folder.appendingPathComponent("data").path }

  /// - Throws: `Missing` when PostgreSQL is not installed or does not start.
  init() throws {
    guard let initdb = Self.find("initdb") else { throw Missing(reason: "initdb is not installed") }
    programs =
      URL(fileURLWithPath: initdb).resolvingSymlinksInPath().deletingLastPathComponent()
      .path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if Self.isRoot { try Self.run(["chown", Self.user, folder.path]) }
    try run("initdb", "--pgdata", data, "--username=search", "--auth=trust", "--no-sync")
    // No TCP: only the socket.
    try run(
      "pg_ctl", "start", "--wait", "--pgdata", data, "--log", data + "/server.log", "--options",
      "-c listen_addresses='' -c unix_socket_directories=\(folder.path) -c fsync=off")
  }

  var url: String { "postgresql://search@/postgres?host=\(folder.path)" }

  func stop() {
    try? run("pg_ctl", "stop", "--mode=immediate", "--pgdata", data)
    try? FileManager.default.removeItem(at: folder)
  }

  /// The server refuses to run as root.
  private static let isRoot = geteuid() == 0
  private static let user = "nobody"

  private func run(_ program: String, _ arguments: String...) throws {
    let drop = ["setpriv", "--reuid=\(Self.user)", "--regid=nogroup", "--clear-groups", "--"]
    try Self.run((Self.isRoot ? drop : []) + [programs + "/" + program] + arguments)
  }

  private static func run(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardOutput = FileHandle.nullDevice
    // Not a pipe: the server keeps it open.
    let log = FileManager.default.temporaryDirectory
      .appendingPathComponent("sparsegrad-\(UUID().uuidString).log")
    try Data().write(to: log)
    defer { try? FileManager.default.removeItem(at: log) }
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = try String(contentsOf: log, encoding: .utf8)
      throw Missing(reason: "\(command.joined(separator: " ")): \(text)")
    }
  }

  /// On PATH, or where Debian's packages have it.
  private static func find(_ program: String) -> String? {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    return (path.map(String.init) + versions.sorted().map { "\(debian)/\($0)/bin" })
      .map { $0 + "/" + program }.first(where: FileManager.default.isExecutableFile)
  }
}
