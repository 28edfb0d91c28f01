import Foundation
import Support
import Testing

@Suite struct AtomicOutputTests {
  private struct Interrupted: Error {}

  @Test func anInterruptedFileLeavesTheOldOne() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.txt")
      try AtomicOutput.write(Data("old".utf8), to: url)
      #expect(throws: Interrupted.self) {
        try AtomicOutput.file(at: url) {
          try $0.write(contentsOf: Data("new".utf8))
          throw Interrupted()
        }
      }
      #expect(try String(contentsOf: url, encoding: .utf8) == "old")
      #expect(try contents(of: folder) == ["a.txt"])
    }
  }

  /// A file that is renamed onto a device or a pipe would take it away.
  @Test func devicesAndPipesAreNotReplaced() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe"), link = folder.appendingPathComponent("link")
      try #require(mkfifo(pipe.path, 0o600) == 0)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: pipe)
      for url in [pipe, link] {
        let error = try #require(throws: InputError.self) {
          try AtomicOutput.write(Data("new".utf8), to: url)
        }
        #expect("\(error)".contains("is a device or a pipe"))
      }
      #expect(try contents(of: folder) == ["link", "pipe"])
    }
  }

  @Test func aFolderIsReplacedAsAWhole() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("best")
      for name in ["one", "two"] {
        try AtomicOutput.folder(at: url) {
          try AtomicOutput.write(Data(name.utf8), to: $0.appendingPathComponent("sub/\(name)"))
        }
      }
      #expect(try contents(of: url.appendingPathComponent("sub")) == ["two"])
      #expect(throws: Interrupted.self) {
        try AtomicOutput.folder(at: url) {
          try $0.appendingPathComponent("three").write("")
          throw Interrupted()
        }
      }
      #expect(try contents(of: url.appendingPathComponent("sub")) == ["two"])
      #expect(try contents(of: folder) == ["best"])
    }
  }

  /// Messages name the place that was asked for, not the temporary one.
  @Test func errorsNameTheirPlace() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try file.write("")
      let inside = file.appendingPathComponent("a.txt")
      let below = message { try AtomicOutput.write(Data(), to: inside) }
      #expect(below.hasPrefix("\(inside.path): cannot be written: "), "\(below)")
      #expect(
        message { try AtomicOutput.write(Data(), to: folder) }
          == "\(folder.path): cannot be written: Is a directory")
      #expect(
        message { try AtomicOutput.folder(at: file) { _ in } }
          == "\(file.path): cannot be written: Not a directory")
      let best = folder.appendingPathComponent("best")
      #expect(
        message {
          try AtomicOutput.folder(at: best) {
            throw InputError($0.appendingPathComponent("a").path, "is wrong")
          }
        } == "\(best.path)/a: is wrong")
      #expect(try contents(of: folder) == ["file"])
    }
  }
}
