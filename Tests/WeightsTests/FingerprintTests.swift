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
