import Foundation
import Support
import Testing
import Weights

/// Digests of a folder's files tell spoilt ones from others.
@Suite struct FileDigestsTests {
  private func filled(_ folder: URL) throws {
    try folder.appendingPathComponent("a").write("abc")
    try folder.appendingPathComponent("b c").write("")
    try FileDigests.write(in: folder)
  }

  @Test func areThoseOfSha256sum() throws {
    try withTemporaryFolder { folder in
      try filled(folder)
      let text = try String(
        contentsOf: folder.appendingPathComponent(FileDigests.name), encoding: .utf8)
      #expect(
        text == """
          ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a
          e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b c

          """)
      try FileDigests.check(folder)
    }
  }

  @Test(
    arguments: [
      ("a", "abd", "a: is damaged"), ("b c", " ", "b c: is damaged"),
      ("c", "new", "c: is not in SHA256SUMS"), ("SHA256SUMS", "", "a: is not in SHA256SUMS"),
      ("SHA256SUMS", "no digest", "SHA256SUMS: line 1: expected a digest"),
      ("SHA256SUMS", String(repeating: "0", count: 64) + "  ../a\n", "line 1: expected a digest"),
    ]) func areChecked(file: String, content: String, problem: String) throws
  {
    try withTemporaryFolder { folder in
      try filled(folder)
      try folder.appendingPathComponent(file).write(content)
      let message = message { try FileDigests.check(folder) }
      #expect(message.contains(problem), "\(message)")
    }
  }

  @Test(arguments: ["a", "SHA256SUMS"]) func missNothing(name: String) throws {
    try withTemporaryFolder { folder in
      try filled(folder)
      try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
      let message = message { try FileDigests.check(folder) }
      #expect(message.contains("\(name): "), "\(message)")
    }
  }
}
