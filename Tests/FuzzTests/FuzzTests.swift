import Foundation
import TestFiles
import TestSupport
import Testing

/// A short campaign of `make fuzz`, the same inputs each time.
struct FuzzTests {
  @Test func spoiltFilesAreExplained() throws {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let fuzz = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(
      "Fuzz")
    let folder = try TemporaryFolder()
    let result = try ChildProcess(running: [
      fuzz.path, "--inputs", "1200", "--findings", folder("findings").path,
    ]).wait(within: 600)
    #expect(result.status == 0 && result.output.contains("1200 inputs"), "\(result)")
  }
}
