import Foundation
import Support
import TestFiles
import Testing

@testable import Datasets

/// Data files that gzip has packed.
@Suite struct GzipTests {
  /// A header and a row, and another row: as written by Python's `gzip.compress`.
  private static let first = Data(
    base64Encoded:
      "H4sIAAAAAAACAytJrSjhzElMSs3hSs/PT1FIy8zJ5SzIL+YCAJxcp0oZAAAA")
  private static let second = Data(
    base64Encoded: "H4sIAAAAAAACA0spzclRSMvMyeXMS03nAgCbFueRDgAAAA==")

  private func bytes(_ data: Data?) throws -> [UInt8] { Array(try #require(data)) }

  @Test(arguments: ["train.tsv.gz", "train.tsv"])
  func unpacks(_ asked: String) throws {
    let folder = try TemporaryFolder()
    // Two members, one after the other, are one file.
    try folder.write("train.tsv.gz", bytes(Self.first) + bytes(Self.second))
    let data = try Dataset(contentsOf: folder(asked), targets: .labels(nil))
    #expect(data.examples.map(\.text) == ["good film", "dull film"])
    #expect(data.labels?.names == ["neg", "pos"])
  }

  @Test func damaged() throws {
    let folder = try TemporaryFolder()
    func problem(_ packed: [UInt8]) throws -> String {
      let file = try folder.write("a.tsv.gz", packed)
      let error = #expect(throws: InputError.self) {
        try Dataset(contentsOf: file, targets: .labels(nil))
      }
      return error?.description.replacing(file.path, with: "a.tsv.gz") ?? ""
    }
    let whole = try bytes(Self.first)
    #expect(try problem(whole.dropLast(3)) == "a.tsv.gz: is cut off: its end is missing")
    #expect(try problem(Array(whole.prefix(12))) == "a.tsv.gz: is cut off: its end is missing")
    for place in [12, whole.count - 6] {
      var spoilt = whole
      spoilt[place] ^= 0x55
      #expect(try problem(spoilt) == "a.tsv.gz: is damaged: gzip cannot unpack it")
    }
    #expect(try problem(whole + [1, 2, 3]) == "a.tsv.gz: is damaged: gzip cannot unpack it")
  }
}
