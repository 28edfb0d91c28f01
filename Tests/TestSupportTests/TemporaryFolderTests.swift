import Foundation
import TestSupport
import Testing

@Suite struct TemporaryFolderTests {
  @Test func isRemoved() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let url = try #require(folder?.url)
    try folder?.write("a/b", "text")
    #expect(url.contents == ["a"])
    folder = nil
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  /// The next run removes what a killed one has left, and nothing of one that is under way.
  @Test func ofAKilledProcessIsRemoved() throws {
    let parent = try TemporaryFolder()
    var killed: FolderOfProcess? = try FolderOfProcess(in: parent.url)
    let left = try #require(killed?.url.appendingPathComponent("model"))
    try Data().write(to: left)
    let alive = try FolderOfProcess(in: parent.url)
    FolderOfProcess.removeAbandoned(in: parent.url)
    #expect(parent.url.contents.count == 2)
    // The system takes its lock away.
    killed = nil
    FolderOfProcess.removeAbandoned(in: parent.url)
    #expect(parent.url.contents == [alive.url.lastPathComponent])
  }
}
