import Foundation
import Support

/// Optuna's command line (https://optuna.org) with the storage of its studies.
public struct Optuna: Sendable {
  package let executable: URL
  private let storage: String

  /// Finds the command: what `SPARSEGRAD_OPTUNA` names; `.deps/optuna/bin/optuna` in the executable's folder and
  /// in all folders above it; `optuna` on `PATH`.
  /// - Parameter storage: any storage URL of Optuna, such as `sqlite:////tmp/study.db`.
  /// - Throws: `InputError` that says how to install it.
  public init(storage: String) throws {
    try self.init(storage: storage, environment: ProcessInfo.processInfo.environment)
  }

  /// As `init(storage:)`, with other variables, or for another executable.
  package init(
    storage: String, environment: [String: String],
    beside executable: URL = FinetuneProcess.ownExecutable
  ) throws {
    let named = environment["SPARSEGRAD_OPTUNA"].flatMap { $0.isEmpty ? nil : $0 }
    if let named, !Self.isProgram(URL(fileURLWithPath: named)) {
      throw InputError("SPARSEGRAD_OPTUNA", "\(named) is no program, expected Optuna's command")
    }
    let places = named.map { [URL(fileURLWithPath: $0)] } ?? Self.places(environment, executable)
    guard let executable = places.first(where: Self.isProgram) else {
      throw InputError(
        "optuna",
        "is not installed; run Scripts/setup.sh --search, or set SPARSEGRAD_OPTUNA to its command")
    }
    self.executable = executable
    self.storage = storage
  }

  /// The storage's URL without its password.
  public var storageName: String {
    // Up to the last @: a password may hold any character.
    storage.replacing(/:\/\/(?<user>[^:\/@]*):.*@/) { "://\($0.user):***@" }
      .replacing(/(?<key>[?&]password=)[^&]*/) { "\($0.key)***" }
  }

  /// Runs a command of Optuna and returns its output. What other users of the storage may have caused (a lock,
  /// tables that are being made, a lost connection) is tried again.
  /// - Throws: `InputError` with Optuna's own last word.
  package func run(
    _ command: String, _ arguments: [String], _ patience: Patience = .brief
  ) throws -> Data {
    do {
      return try patience.trying { try runOnce([command] + arguments) }
    } catch let failure as OptunaFailure {
      throw InputError("Optuna", at: storageName, failure.problem)
    }
  }

  private func runOnce(_ arguments: [String]) throws -> Data {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("sparsegrad-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: nobody has to read them while the command runs.
    func file(_ name: String) throws -> (handle: FileHandle, url: URL) {
      let url = folder.appendingPathComponent(name)
      try Data().write(to: url)
      return (try FileHandle(forWritingTo: url), url)
    }
    let (output, errors) = (try file("output"), try file("errors"))
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    // By the environment, because everybody may read arguments, and the URL may hold a password.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["OPTUNA_STORAGE": storage, "PYTHONWARNINGS": "ignore"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output.handle
    process.standardError = errors.handle
    do {
      try process.run()
    } catch {
      throw InputError(
        executable.path,
        "cannot be run: \(AtomicOutput.reason(error) ?? error.localizedDescription)")
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw OptunaFailure(
        errors: String(decoding: try Data(contentsOf: errors.url), as: UTF8.self))
    }
    return try Data(contentsOf: output.url)
  }

  private static func places(_ environment: [String: String], _ executable: URL) -> [URL] {
    var places: [URL] = []
    var folder = executable
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      places.append(folder.appendingPathComponent(".deps/optuna/bin/optuna"))
    }
    // Never the current folder, which an empty part of PATH means.
    let path = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    return places + path.map { URL(fileURLWithPath: String($0)).appendingPathComponent("optuna") }
  }

  private static func isProgram(_ file: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder)
      && !isFolder.boolValue && FileManager.default.isExecutableFile(atPath: file.path)
  }
}
