import Foundation

/// A PostgreSQL server of a test's own, in a temporary folder, reached by a socket there.
final class PostgreSQL {
  /// Why the server did not start.
  struct Failure: Error { let log: String }

  static var isInstalled: Bool { programs() != nil }

  // Short, because a socket's path may have 107 bytes.
  private let folder = URL(fileURLWithPath: "/tmp/sg-\(UUID().uuidString.prefix(8))")
  private var server = Process()

  /// - Throws: `Failure` when PostgreSQL does not start.
  init() throws {
    guard let programs = Self.programs() else { throw Failure(log: "initdb is not installed") }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      if Self.isRoot { try run(["chown", Self.user, folder.path]) }
      try run(
        Self.unprivileged + [
          programs + "/initdb", "--pgdata", data, "--username=search", "--auth=trust", "--no-sync",
        ])
      // No TCP: only the socket. Not by pg_ctl: a process that leaves others behind does not end for Foundation.
      server = try start(
        Self.unprivileged + [
          programs + "/postgres", "-D", data, "-c", "listen_addresses=", "-c",
          "unix_socket_directories=\(folder.path)", "-c", "fsync=off",
        ])
      try waitUntilReady()
    } catch {
      stop()
      throw error
    }
  }

  var url: String { "postgresql://search@/postgres?host=\(folder.path)" }

  func stop() {
    if server.isRunning {
      // Not SIGTERM, which waits for clients to leave.
      server.interrupt()
      server.waitUntilExit()
    }
    try? FileManager.default.removeItem(at: folder)
  }

  private var data: String { folder.appendingPathComponent("data").path }
  private var log: URL { folder.appendingPathComponent("log") }

  /// The server says so in a file.
  private func waitUntilReady() throws {
    for _ in 0..<1500 where server.isRunning {
      let state = FileManager.default.contents(atPath: data + "/postmaster.pid") ?? Data()
      if String(decoding: state, as: UTF8.self).contains("ready") { return }
      Thread.sleep(forTimeInterval: 0.02)
    }
    throw Failure(log: try String(contentsOf: log, encoding: .utf8))
  }

  private func run(_ command: [String]) throws {
    let process = try start(command)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(log: try String(contentsOf: log, encoding: .utf8))
    }
  }

  private func start(_ command: [String]) throws -> Process {
    try Data().write(to: log)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    return process
  }

  // The server refuses to run as root.
  private static let isRoot = geteuid() == 0
  private static let user = "nobody"
  private static let unprivileged =
    isRoot ? ["setpriv", "--reuid=\(user)", "--regid=nogroup", "--clear-groups", "--"] : []

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
