import Foundation
import Testing

/// A short campaign of `make fuzz`, the same inputs each time.
struct FuzzTests {
  @Test(.timeLimit(.minutes(10))) func spoiltFilesAreExplained() throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("FuzzTests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: own).deletingLastPathComponent()
      .appendingPathComponent("Fuzz")
    process.arguments = [
      "--inputs", "1200", "--findings", folder.appendingPathComponent("findings").path,
    ]
    let output = folder.appendingPathComponent("output")
    try Data().write(to: output)
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: output), as: UTF8.self)
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("1200 inputs"), "\(said)")
  }
}
