import Foundation
import Support
import Testing

/// A result takes its place in a folder as a whole, and what is not a part of it stays.
@Suite struct FolderPublicationTests {
  private func publish(
    _ version: String, in folder: URL, dropping: Set<String> = [], mostLinks: Int = 100
  ) throws -> FileLock? {
    let staged = FolderPublication.staging(in: folder)
    try FileManager.default.createDirectory(at: staged, withIntermediateDirectories: true)
    for name in ["config", "weights", "figures"] {
      try staged.appendingPathComponent(name).write(version)
    }
    return try FolderPublication(
      of: staged, in: folder, dropping: dropping, keys: ["config"], last: ["figures"],
      mostLinks: mostLinks
    ).run()
  }

  private func fill(_ folder: URL) throws {
    try folder.appendingPathComponent("notes").write("mine")
    let nested = folder.appendingPathComponent("plots/old")
    try FileManager.default.createDirectory(at: nested, withIntermediateDirectories: true)
    try nested.appendingPathComponent("a").write("plot")
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("link").path, withDestinationPath: "/nowhere")
    try folder.appendingPathComponent("stale").write("of the old result")
  }

  /// In one step, and file by file where links are impossible.
  @Test(arguments: [100, 0]) func replacesAResult(mostLinks: Int) throws {
    try withTemporaryFolder { above in
      let folder = above.appendingPathComponent("output")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      #expect(try publish("old", in: folder) == nil)
      try fill(folder)
      chmod(folder.path, 0o750)
      let plots = try inode(folder.appendingPathComponent("plots"))
      let lock = try publish("new", in: folder, dropping: ["stale"], mostLinks: mostLinks)
      #expect((lock != nil) == (mostLinks > 0))
      #expect(lock?.isHeld(at: folder) ?? true)
      #expect(
        try contents(of: folder) == ["config", "figures", "link", "notes", "plots", "weights"])
      #expect(try contents(of: above) == ["output"])
      for name in ["config", "weights", "figures"] {
        #expect(
          try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) == "new")
      }
      #expect(
        try String(contentsOf: folder.appendingPathComponent("plots/old/a"), encoding: .utf8)
          == "plot")
      #expect(try inode(folder.appendingPathComponent("plots")) == plots)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(
          atPath: folder.appendingPathComponent("link").path) == "/nowhere")
      var status = stat()
      #expect(stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o750)
    }
  }

  /// Through a link to the folder, too: the link stays one.
  @Test func worksThroughALink() throws {
    try withTemporaryFolder { above in
      let (folder, link) = (above.appendingPathComponent("f"), above.appendingPathComponent("l"))
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder)
      for version in ["old", "new"] { _ = try publish(version, in: link) }
      #expect(try contents(of: above) == ["f", "l"])
      #expect(
        try String(contentsOf: link.appendingPathComponent("config"), encoding: .utf8) == "new")
    }
  }

  /// What a reader finds who holds on to the folder is of one version.
  @Test func isSeenAsAWhole() throws {
    try withTemporaryFolder { above in
      let folder = above.appendingPathComponent("output")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      _ = try publish("0", in: folder)
      let reader = Reader(folder)
      let thread = Thread { reader.run() }
      thread.start()
      for version in 1...200 { _ = try publish("\(version)", in: folder) }
      reader.stop()
      #expect(reader.seen > 10 && reader.mixed == 0)
    }
  }

  private func inode(_ url: URL) throws -> UInt64 {
    var status = stat()
    #expect(lstat(url.path, &status) == 0)
    return UInt64(status.st_ino)
  }
}

/// Opens a folder and reads two files in it, again and again.
private final class Reader: @unchecked Sendable {
  private let folder: URL
  private let lock = NSLock()
  private var isStopped = false
  private let ended = DispatchSemaphore(value: 0)
  private(set) var seen = 0
  private(set) var mixed = 0

  init(_ folder: URL) { self.folder = folder }

  func run() {
    while lock.withLock({ !isStopped }) {
      let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY)
      let texts = ["config", "weights"].map { text(of: $0, in: descriptor) }
      close(descriptor)
      seen += 1
      // The folder that was opened may have been removed meanwhile, in any order.
      if let config = texts[0], let weights = texts[1], config != weights { mixed += 1 }
      if descriptor < 0 { mixed += 1 }
    }
    ended.signal()
  }

  func stop() {
    lock.withLock { isStopped = true }
    ended.wait()
  }

  private func text(of name: String, in folder: Int32) -> String? {
    let descriptor = openat(folder, name, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
