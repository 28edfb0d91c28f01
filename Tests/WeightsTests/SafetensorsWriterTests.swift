import Foundation
import Support
import Testing

@testable import Weights

@Suite struct SafetensorsWriterTests {
  /// Our files are the bytes that the Python library writes, from whatever order.
  @Test(arguments: ["types.safetensors", "single/model.safetensors"])
  func writesTheBytesOfPython(_ name: String) throws {
    let original = fixtures.appendingPathComponent(name)
    let file = try SafetensorsFile(original)
    try withTemporaryFolder { folder in
      let copy = folder.appendingPathComponent("copy.safetensors")
      try SafetensorsWriter.write(file.tensors.reversed().map { NamedTensor($0) }, to: copy)
      #expect(try Data(contentsOf: copy) == Data(contentsOf: original))
      #expect(try contents(of: folder) == ["copy.safetensors"])
    }
  }

  @Test func writesTheseBytes() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      try SafetensorsWriter.write(
        [NamedTensor("ab", shape: [1, 2], [1, -2])], metadata: [:], to: url)
      let header = #"{"ab":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
      let expected =
        Data([64, 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8) + Data(repeating: 0x20, count: 7)
        + Data([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
      #expect(try Data(contentsOf: url) == expected)
    }
  }

  /// A source may give its elements in pieces; an own file may be overwritten while it is mapped.
  @Test func writesPiecesOverItself() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      try SafetensorsWriter.write([NamedTensor("a", shape: [3], [1, 2, 3])], to: url)
      let old = try Checkpoint(file: url).tensor("a")
      let both = NamedTensor("both", .float32, shape: [2, 3]) { body in
        try old.withUnsafeBytes(body)
        try old.withUnsafeBytes(body)
      }
      try SafetensorsWriter.write([both], to: url)
      #expect(try Checkpoint(file: url).tensor("both").floats() == [1, 2, 3, 1, 2, 3])
      #expect(try old.floats() == [1, 2, 3])
    }
  }

  @Test func refusesWhatCannotBeRead() throws {
    let a = NamedTensor("a", shape: [2], [1, 2])
    let cases = [
      ([a, a], #"tensor "a": the name is already taken"#),
      (
        [NamedTensor("__metadata__", shape: [0], [])],
        #"tensor "__metadata__": the name is already"#
      ),
      ([NamedTensor("a", shape: [3], [1])], #"tensor "a": has 4 bytes, expected 12 for F32 [3]"#),
      (
        [NamedTensor("a", shape: [1], [1, 2])], #"tensor "a": has 8 bytes, expected 4 for F32 [1]"#
      ),
      ([NamedTensor("a", shape: [-1], [])], #"tensor "a": shape [-1] of F32 is impossible"#),
    ]
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      for (tensors, expected) in cases {
        let found = message { try SafetensorsWriter.write(tensors, to: url) }
        #expect(found.hasPrefix(url.path + ": " + expected), "\(found)")
        try #expect(contents(of: folder) == [])
      }
    }
  }

  /// The system refuses to let the file grow, as it does when a disk or a quota is full; in a
  /// process of its own, because the limit is the process's.
  @Test func aFullDiskLeavesNothing() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 65536, rlim_max: 65536)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("a.safetensors")
        try Data("old".utf8).write(to: url)
        let large = NamedTensor("a", shape: [100_000], [Float](repeating: 1, count: 100_000))
        let found = message { try SafetensorsWriter.write([large], to: url) }
        try #require(found == "\(url.path): cannot be written: File too large")
        try #require(contents(of: folder) == ["a.safetensors"])
        try #require(String(contentsOf: url, encoding: .utf8) == "old")
      }
    }
  }
}
