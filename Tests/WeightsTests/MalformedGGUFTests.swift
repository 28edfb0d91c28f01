import Foundation
import Support
import Testing

@testable import Weights

/// A GGUF file put together from its parts, however wrong.
private struct Parts {
  var version: UInt32 = 3
  var tensorCount: UInt64?
  var entryCount: UInt64?
  var entries: [Data] = []
  var tensors: [Data] = []
  var dataCount = 256

  var bytes: Data {
    var bytes = Data("GGUF".utf8) + number(version) + number(tensorCount ?? UInt64(tensors.count))
    bytes += number(entryCount ?? UInt64(entries.count))
    bytes += entries.reduce(Data(), +) + tensors.reduce(Data(), +)
    bytes += Data(count: -bytes.count & 31)
    return bytes + Data(count: dataCount)
  }
}

private func number<T: FixedWidthInteger>(_ value: T) -> Data {
  withUnsafeBytes(of: value.littleEndian) { Data($0) }
}

private func text(_ text: String) -> Data { number(UInt64(text.utf8.count)) + Data(text.utf8) }

private func entry(_ key: String, type: UInt32, _ value: Data) -> Data {
  text(key) + number(type) + value
}

private func tensor(
  _ name: String, _ shape: [UInt64] = [8], type: UInt32 = 0, offset: UInt64 = 0
) -> Data {
  text(name) + number(UInt32(shape.count)) + shape.map { number($0) }.reduce(Data(), +)
    + number(type) + number(offset)
}

@Suite struct MalformedGGUFTests {
  private func problem(_ bytes: Data) throws -> String? {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("model.gguf")
      try bytes.write(to: url)
      do {
        _ = try GGUFFile(url)
        return nil
      } catch let error as InputError {
        #expect(error.source == url.path)
        return (error.location.map { $0 + ": " } ?? "") + error.problem
      }
    }
  }

  @Test func theUnspoiltFileIsRead() throws {
    let parts = Parts(
      entries: [entry("a", type: 4, number(UInt32(1)))],
      tensors: [tensor("x"), tensor("y", [32, 2], type: 8, offset: 32)])
    #expect(try problem(parts.bytes) == nil)
  }

  @Test(arguments: [
    (Parts(version: 1), "is of version 1"), (Parts(version: 3 << 24), "is big endian"),
    (Parts(tensorCount: 1 << 63), "says it has 9223372036854775808 tensors"),
    (Parts(entryCount: 1 << 63), "says it has 9223372036854775808 metadata entries"),
    (Parts(entryCount: .max), "metadata entries"),
    (Parts(entries: [entry("k", type: 13, Data())]), "key \"k\": has a value of type 13"),
    (Parts(entries: [entry("k", type: 7, Data([2]))]), "key \"k\": is 2, expected 0 or 1"),
    (
      Parts(entries: [entry("k", type: 8, number(UInt64(1)) + Data([0xFF]))]),
      "key \"k\": byte 45: text that is not UTF-8"
    ),
    (
      Parts(entries: [entry("k", type: 8, number(UInt64.max))]),
      "key \"k\": says it has 18446744073709551615 bytes of text"
    ),
    (
      Parts(entries: [entry("k", type: 9, number(UInt32(0)) + number(UInt64(1) << 63))]),
      "key \"k\": says it has 9223372036854775808 values"
    ),
    (
      Parts(
        entries: [
          entry(
            "k", type: 9,
            (0..<20).map { _ in number(UInt32(9)) + number(UInt64(1)) }.reduce(Data(), +))
        ]), "key \"k\": arrays are nested more than 4 deep"
    ),
    (
      Parts(entries: Array(repeating: entry("k", type: 0, Data([1])), count: 2)),
      "a key of the metadata stands twice"
    ),
    (
      Parts(entries: [entry("general.alignment", type: 4, number(UInt32(0)))]),
      "key \"general.alignment\": is no UINT32"
    ),
    (
      Parts(entries: [entry("general.alignment", type: 4, number(UInt32(48)))]),
      "key \"general.alignment\": is no UINT32"
    ),
    (Parts(tensors: [tensor("x", [1, 1, 1, 1, 1])]), "tensor \"x\": has 5 dimensions"),
    (Parts(tensors: [tensor("x", [256], type: 10)]), "tensor \"x\": is of type Q2_K"),
    (Parts(tensors: [tensor("x", type: 999)]), "tensor \"x\": is of type number 999"),
    (Parts(tensors: [tensor("x", [33], type: 8)]), "tensor \"x\": shape [33] of Q8_0"),
    (Parts(tensors: [tensor("x", [1 << 63])]), "tensor \"x\": shape [9223372036854775808]"),
    (
      Parts(tensors: [tensor("x", [1 << 32, 1 << 32])]),
      "tensor \"x\": shape [4294967296, 4294967296]"
    ),
    (Parts(tensors: [tensor("x", offset: 16)]), "tensor \"x\": begins at byte 16"),
    (Parts(tensors: [tensor("x", offset: 256)]), "tensor \"x\": has 32 bytes from byte 256"),
    (Parts(tensors: [tensor("x", offset: 1 << 63)]), "tensor \"x\": has 32 bytes from byte"),
    (Parts(tensors: [tensor("x", [32]), tensor("y", offset: 32)]), "tensor \"y\": overlaps"),
    (
      Parts(tensors: [tensor("x"), tensor("x", offset: 32)]), "tensor \"x\": the name stands twice"
    ),
  ])
  private func eachFaultIsNamed(_ parts: Parts, _ expected: String) throws {
    let found = try problem(parts.bytes)
    #expect(found?.contains(expected) == true, "\(found ?? "none")")
  }

  @Test func aFileTruncatedAnywhereIsAnError() throws {
    for name in ["types.gguf", "llama.gguf"] {
      let whole = try Data(contentsOf: ggufFixtures.appendingPathComponent(name))
      let dataCount = try GGUFFile(ggufFixtures.appendingPathComponent(name)).tensors
        .reduce(0) { $0 + $1.info.byteRange.count }
      let header = whole.count - dataCount
      let lengths = Array(stride(from: 0, to: header, by: 7)) + [whole.count - 33, header + 1]
      for length in lengths {
        #expect(try problem(whole.prefix(length)) != nil, "\(name), \(length) bytes")
      }
    }
  }
}
