import Foundation
import Support
import Testing

@testable import Weights

/// A file that must be refused, and what must be said of it behind its name.
struct Malformed: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let data: Data
  let message: String

  init(_ name: String, _ data: Data, _ message: String) {
    (testDescription, self.data, self.message) = (name, data, message)
  }

  /// A file with one tensor `a`, which is an F32 [2] but for what the case changes.
  init(
    _ name: String, dtype: String = #""F32""#, shape: String = "[2]", offsets: String = "[0,8]",
    _ message: String
  ) {
    let header = #"{"a":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}}"#
    self.init(name, safetensors(header, dataCount: 8), #"tensor "a": "# + message)
  }

  /// A file with several F32 vectors at given places.
  init(_ name: String, ranges: [(String, Int, Int)], dataCount: Int, _ message: String) {
    let tensors = ranges.map { name, begin, end in
      #""\#(name)":{"dtype":"F32","shape":[\#((end - begin) / 4)],"data_offsets":[\#(begin),\#(end)]}"#
    }
    let header = "{" + tensors.joined(separator: ",") + "}"
    self.init(name, safetensors(header, dataCount: dataCount), message)
  }
}

@Suite struct MalformedSafetensorsTests {
  static let cases = [
    Malformed("empty", Data(), "0 bytes, expected at least the 8 that begin a safetensors file"),
    Malformed("7 bytes", Data(count: 7), "7 bytes, expected at least the 8"),
    Malformed(
      "header longer than the file", littleEndian(100) + Data("{}".utf8),
      "says its header has 100 bytes, but only 2 follow: truncated"),
    Malformed(
      "header too long", littleEndian(100_000_001),
      "says its header has 100000001 bytes, expected at most 100000000: not a safetensors file"),
    Malformed("header of 2^64 - 1", littleEndian(.max), "says its header has 18446744073709551615"),
    Malformed(
      "Git LFS pointer", Data("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8),
      "is a Git LFS pointer, not the weights"),
    Malformed("no header", safetensors(""), "header, byte 0: not JSON: expected a value"),
    Malformed("a list", safetensors("[]"), "header: expected a JSON object"),
    Malformed("unfinished", safetensors(#"{"a":"#), "header, byte 5: not JSON: expected a value"),
    Malformed(
      "two values", safetensors("{} {}"), "header, byte 3: not JSON: expected nothing after"),
    Malformed(
      "not UTF-8", safetensors(Data([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
      "header, byte 3: not JSON: the text before is not UTF-8"),
    Malformed(
      "a name twice", safetensors(#"{"a":{},"b":{},"a":{}}"#),
      #"header, byte 15: not JSON: key "a" stands twice"#),
    Malformed(
      "endless nesting", safetensors(String(repeating: "[", count: 1_000_000)),
      "header, byte 129: not JSON: nested deeper than 128 levels"),
    Malformed(
      "metadata that is no map", safetensors(#"{"__metadata__":1}"#),
      "__metadata__: expected a map from text to text"),
    Malformed(
      "metadata with a number", safetensors(#"{"__metadata__":{"epoch":1}}"#),
      "__metadata__: expected a map from text to text"),
    Malformed(
      "a tensor that is no object", safetensors(#"{"a":[]}"#), #"tensor "a": expected an object"#),
    Malformed(
      "a key missing", safetensors(#"{"a":{"dtype":"F32"}}"#), #"tensor "a": shape is missing"#),
    Malformed("unknown type", dtype: #""F33""#, #"unknown dtype "F33", expected one of BOOL, F4"#),
    Malformed("type that is no text", dtype: "32", "dtype is missing or no text"),
    Malformed("negative size", shape: "[-2]", "shape [-2] has a negative size"),
    Malformed("two negative sizes", shape: "[-2,-1]", "shape [-2, -1] has a negative size"),
    Malformed(
      "overflowing shape", shape: "[4294967296,4294967296]",
      "shape [4294967296, 4294967296] of F32 is not a whole number of bytes that fits"),
    Malformed(
      "size beyond 2^63", shape: "[9223372036854775808]",
      "shape holds 9223372036854775808, expected an integer below 2^63"),
    Malformed("size that is no integer", shape: "[2.0]", "shape holds 2.0, expected an integer"),
    Malformed("size that is true", shape: "[true]", "shape holds true, expected an integer"),
    Malformed(
      "half a byte", dtype: #""F4""#, shape: "[3]", "shape [3] of F4 is not a whole number of bytes"
    ),
    Malformed("wrong shape", shape: "[3]", "has 8 bytes, expected 12 for F32 [3]"),
    Malformed("wrong type", dtype: #""F64""#, "has 8 bytes, expected 16 for F64 [2]"),
    Malformed("one offset", offsets: "[0]", "data_offsets are [0], expected a begin and an end"),
    Malformed("negative begin", offsets: "[-8,0]", "data_offsets are [-8, 0], expected a begin"),
    Malformed("backwards", offsets: "[8,0]", "begins at byte 8, after its end 0"),
    Malformed("beyond the end", offsets: "[4,12]", "ends at byte 12 of the data, which has only 8"),
    Malformed(
      "far beyond the end", offsets: "[0,9223372036854775807]", "ends at byte 9223372036854775807"),
    Malformed(
      "overlap", ranges: [("b", 0, 8), ("a", 4, 12)], dataCount: 12,
      #"tensor "a": overlaps tensor "b""#),
    Malformed(
      "twice the same place", ranges: [("b", 0, 8), ("a", 0, 8)], dataCount: 8,
      #"tensor "a": overlaps tensor "b""#),
    Malformed(
      "hole", ranges: [("b", 0, 4), ("a", 8, 12)], dataCount: 12,
      #"tensor "a": 4 bytes between tensor "b" and it belong to none"#),
    Malformed(
      "hole before the first", ranges: [("a", 4, 8)], dataCount: 8,
      #"tensor "a": 4 bytes between the header and it belong to none"#),
    Malformed(
      "trailing bytes", ranges: [("a", 0, 4)], dataCount: 7, "3 bytes follow the last tensor"),
    Malformed("bytes without tensors", safetensors("{}", dataCount: 1), "1 bytes follow"),
  ]

  @Test(arguments: cases) func isRefused(_ malformed: Malformed) throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.safetensors")
      try malformed.data.write(to: url)
      let found = message { _ = try SafetensorsFile(url) }
      #expect(found.hasPrefix(url.path + ": " + malformed.message), "\(found)")
    }
  }

  @Test func isNoFile() throws {
    try withTemporaryFolder { folder in
      let missing = folder.appendingPathComponent("missing.safetensors")
      #expect(
        message { _ = try SafetensorsFile(missing) }
          == "\(missing.path): cannot be opened: No such file or directory")
      #expect(message { _ = try SafetensorsFile(folder) } == "\(folder.path): expected a file")
      let pipe = folder.appendingPathComponent("pipe")
      try #require(mkfifo(pipe.path, 0o600) == 0)
      #expect(message { _ = try SafetensorsFile(pipe) } == "\(pipe.path): expected a file")
    }
  }

  /// Whatever happens to a file, it is either refused by an `InputError` or can be read to its end.
  @Test func damageNeverCrashes() throws {
    var random = SplitMix64(state: 2024)
    let valid = try Data(contentsOf: fixtures.appendingPathComponent("types.safetensors"))
    var refused = 0
    try withTemporaryFolder { folder in
      for round in 0..<2000 {
        let url = folder.appendingPathComponent("\(round).safetensors")
        try valid.damaged(&random).writeUnsynchronized(to: url)
        do {
          for tensor in try SafetensorsFile(url).tensors {
            tensor.withUnsafeBytes { _ = $0.reduce(0, &+) }
            _ = try? tensor.floats()
          }
        } catch is InputError {
          refused += 1
        }
      }
    }
    #expect(refused > 1000)
  }
}

extension Data {
  /// `write(to:)` waits for the disk each time.
  fileprivate func writeUnsynchronized(to url: URL) throws {
    let descriptor = open(url.path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    try FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).write(contentsOf: self)
  }

  /// A copy that is cut short, or of which a few bytes are others, most of them in the header.
  fileprivate func damaged(_ random: inout SplitMix64) -> Data {
    var copy = self
    if Int.random(in: 0..<4, using: &random) == 0 {
      return copy.prefix(Int.random(in: 0..<count, using: &random))
    }
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place =
        Bool.random(using: &random)
        ? Int.random(in: 0..<count, using: &random)
        : Int.random(in: 0..<600, using: &random)
      copy[place] =
        Bool.random(using: &random)
        ? UInt8.random(in: 0...255, using: &random)
        : Data(#"0123456789-{}[]",:\u"#.utf8).randomElement(using: &random) ?? 0
    }
    return copy
  }
}

/// A small generator with a seed (Steele, Lea and Flood, 2014).
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
