import Foundation
import Support
import Testing

@testable import Weights

@Suite struct SafetensorsReadingTests {
  private let types = fixtures.appendingPathComponent("types.safetensors")

  @Test func readsWhatPythonWrote() throws {
    let file = try SafetensorsFile(types)
    #expect(file.metadata == ["format": "pt"])
    let found = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.info.name, $0.info) })
    #expect(
      found.mapValues(\.type) == [
        "single": .float32, "half": .float16, "brain": .bfloat16, "ids": .int64, "scalar": .float32,
        "empty": .float32, "mask": .bool, "größe \"1\"": .uint8,
      ])
    #expect(found["single"]?.shape == [4, 6])
    #expect(found["scalar"]?.shape == [])
    #expect(found["empty"]?.shape == [0, 3])
  }

  @Test func convertsToTheFloatsOfPython() throws {
    let checkpoint = try Checkpoint(file: types)
    let expected = try ConfigurationFile(fixtures.appendingPathComponent("types.json"))
      .object("floats")
    #expect(expected.keys.count == 5)
    for name in expected.keys {
      let bits = try checkpoint.tensor(name).floats().map {
        JSONValue.number(.init(Int($0.bitPattern)))
      }
      #expect(expected[name] == .array(bits), "\(name)")
    }
  }

  @Test func convertsEveryHalf() throws {
    let bits = Array(UInt16.min...UInt16.max)
    let half = NamedTensor("half", .float16, shape: [256, 256]) { try bits.withUnsafeBytes($0) }
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("all.safetensors")
      try SafetensorsWriter.write([half], to: url)
      let floats = try Checkpoint(file: url).tensor("half", shape: [256, 256]).floats()
      for (bits, float) in zip(bits, floats) {
        let expected = Float(Float16(bitPattern: bits))
        #expect(expected.isNaN ? float.isNaN : float.bitPattern == expected.bitPattern, "\(bits)")
      }
    }
  }

  @Test func otherTypesAreNoFloats() throws {
    let checkpoint = try Checkpoint(file: types)
    #expect(
      message { _ = try checkpoint.tensor("ids").floats() }
        == "\(types.path): tensor \"ids\": is of type I64, expected F32, F16, BF16 or a quantised type of GGUF"
    )
    #expect(
      message { _ = try checkpoint.tensor("single", shape: [6, 4]) }
        == "\(types.path): tensor \"single\": has shape [4, 6], expected [6, 4]")
    #expect(
      message { _ = try checkpoint.tensor("double") }
        == "\(types.path): tensor \"double\": is missing")
  }

  @Test func tensorsOutliveTheirFile() throws {
    let view = try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("gone.safetensors")
      try FileManager.default.copyItem(at: types, to: url)
      return try Checkpoint(file: url).tensor("single")
    }
    #expect(try view.floats().starts(with: [0, -0.0, 1, -2.5, 65504]))
  }

  /// Older writers did not pad the header.
  @Test func readsUnalignedTensors() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("odd.safetensors")
      let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      #expect(header.utf8.count % 4 != 0)
      let data =
        littleEndian(UInt64(header.utf8.count)) + Data(header.utf8) + Data([0, 0, 0x80, 0x3f])
      try data.write(to: url)
      #expect(try Checkpoint(file: url).tensor("a").floats() == [1])
    }
  }
}
