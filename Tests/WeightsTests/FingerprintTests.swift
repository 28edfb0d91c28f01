import Foundation
import Testing

@testable import Weights

@Suite struct FingerprintTests {
  /// Fingerprints are written to disk: they must not change.
  @Test func isWhatPythonComputes() throws {
    let checkpoint = try Checkpoint(file: fixtures.appendingPathComponent("types.safetensors"))
    let expected = try ConfigurationFile(fixtures.appendingPathComponent("types.json"))
      .string("fingerprint")
    #expect(try Fingerprint(of: checkpoint) == Fingerprint(hexadecimal: expected))
  }

  @Test func seesEveryDifference() throws {
    let a = NamedTensor("a", shape: [2], [1, 2])
    let b = NamedTensor("b", shape: [1], [3])
    let same = try Fingerprint(of: [b, a])
    #expect(try Fingerprint(of: [a, b]) == same)
    let others = [
      [a], [a, NamedTensor("c", shape: [1], [3])], [a, NamedTensor("b", shape: [1], [-3])],
      [a, NamedTensor("b", shape: [1, 1], [3])], [NamedTensor("a", shape: [2], [2, 1]), b],
      [a, NamedTensor("b", .int32, shape: [1]) { try withUnsafeBytes(of: Float(3), $0) }],
    ]
    let fingerprints = try others.map { try Fingerprint(of: $0) }
    #expect(Set(fingerprints + [same]).count == others.count + 1)
  }
}

/// What is read for a fingerprint is still there: of a file because the system reads it again, of a copy because its pages
/// stay.
@Test func readingOnceLosesNothing() throws {
  let folder = try TemporaryFolder()
  let values = (0..<20_000).map { Float($0) + 1 }
  let bytes = values.withUnsafeBytes { Array($0) }
  let file = try folder.write("values", bytes)
  let copy = try MappedFile(copyOf: file, count: bytes.count) { $0.copyBytes(from: bytes) }
  for mapped in [try MappedFile(file), copy] {
    let tensor = TensorView(
      info: TensorInfo(
        name: "values", type: .float32, shape: [values.count], byteRange: 0..<bytes.count),
      file: mapped)
    let first = try Fingerprint(of: [NamedTensor(tensor)])
    try tensor.checkFinite()
    #expect(try tensor.floats() == values)
    #expect(try Fingerprint(of: [NamedTensor(tensor)]) == first)
  }
}
