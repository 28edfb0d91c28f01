import Foundation
import Support
import Testing

@testable import Weights

@Suite struct GGUFWriterTests {
  /// What a file holds, as it is written.
  private func content(_ file: GGUFFile) -> ([GGUFWriter.Entry], [NamedTensor]) {
    (
      file.metadata.keys.compactMap { key in file.metadata[key].map { (key, $0) } },
      file.tensors.map { NamedTensor($0) }
    )
  }

  /// Values of every type, and tensors of every type that is read.
  @Test(arguments: ["types", "llama"])
  func writesTheBytesOfPython(_ name: String) throws {
    let source = ggufFixtures.appendingPathComponent(name + ".gguf")
    let (metadata, tensors) = content(try GGUFFile(source))
    try withTemporaryFolder { folder in
      let copy = folder.appendingPathComponent("new/copy.gguf")
      let size = try GGUFWriter.write(metadata: metadata, tensors: tensors, to: copy)
      let (written, expected) = (try Data(contentsOf: copy), try Data(contentsOf: source))
      #expect(size == written.count)
      #expect(written == expected)
    }
  }

  /// The bytes of the package `gguf`, in whatever pieces the numbers come.
  @Test(arguments: [1, 100, 4096], [TensorType.float16, .bfloat16, .q8_0])
  func roundsAsPython(_ pieceSize: Int, _ type: TensorType) throws {
    let file = try Checkpoint(file: ggufFixtures.appendingPathComponent("quantised.safetensors"))
    let source = try file.tensor("numbers")
    let pieces = NamedTensor("numbers", .float32, shape: source.info.shape) { body in
      try source.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: pieceSize) {
          try body(
            UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + pieceSize, bytes.count)]))
        }
      }
    }
    var found: [UInt8] = []
    try pieces.converted(to: type, source: "f").withBytes { found += $0 }
    let expected = try file.tensor(type.rawValue).withUnsafeBytes { [UInt8]($0) }
    #expect(found == expected)
  }

  /// Every quantised type becomes the numbers that it stands for.
  @Test func convertsWhatIsQuantised() throws {
    for tensor in try GGUFFile(ggufFixtures.appendingPathComponent("types.gguf")).tensors {
      var found: [UInt8] = []
      try NamedTensor(tensor).converted(to: .float32, source: "f").withBytes { found += $0 }
      let expected = try tensor.floats().withUnsafeBytes { [UInt8]($0) }
      #expect(found == expected)
    }
  }

  @Test func pairedRowsAreReadBack() throws {
    let file = try GGUFFile(ggufFixtures.appendingPathComponent("llama.gguf"))
    let checkpoint = try Checkpoint(file)
    for (name, heads) in [("q", 4), ("k", 2)] {
      let read = try checkpoint.tensor("model.layers.0.self_attn.\(name)_proj.weight")
      var found: [UInt8] = []
      try NamedTensor(read).pairingHalves(ofHeads: heads).withBytes { found += $0 }
      let stored = try #require(file.tensors.first { $0.info.name == "blk.0.attn_\(name).weight" })
      #expect(found == stored.withUnsafeBytes { [UInt8]($0) })
    }
  }

  @Test func whatCannotBeStored() throws {
    func failure(_ values: [Float], _ type: TensorType) -> String {
      message {
        try NamedTensor(
          "t", shape: [1, 32], values + Array(repeating: 0, count: 32 - values.count)
        )
        .converted(to: type, source: "f").withBytes { _ in }
      }
    }
    #expect(failure([65504], .float16) == "no error")
    #expect(
      failure([65520], .float16)
        == "f: tensor \"t\": holds a number that is not finite, or too large for F16")
    #expect(failure([.greatestFiniteMagnitude], .bfloat16).hasSuffix("too large for BF16"))
    for type in [TensorType.float16, .bfloat16, .q8_0] {
      #expect(failure([.nan], type).contains("not finite"), "\(type)")
      #expect(failure([-.infinity], type).contains("not finite"), "\(type)")
    }
    #expect(failure([8.4e6], .q8_0).hasSuffix("too large for Q8_0"))
    #expect(failure([.leastNonzeroMagnitude], .q8_0) == "no error")
    #expect(
      message { _ = try NamedTensor("t", shape: [1, 31], []).converted(to: .q8_0, source: "f") }
        == "f: tensor \"t\": shape [1, 31] of Q8_0 is impossible")
  }

  @Test func whatNoFileHolds() throws {
    let tensor = NamedTensor("t", shape: [2], [1, 2])
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("f.gguf")
      func failure(_ metadata: [GGUFWriter.Entry], _ tensors: [NamedTensor]) -> String {
        message { try GGUFWriter.write(metadata: metadata, tensors: tensors, to: url) }
          .replacingOccurrences(of: folder.path + "/", with: "")
      }
      #expect(
        failure([("k", .bool(true)), ("k", .bool(true))], [])
          == "f.gguf: a key of the metadata stands twice")
      #expect(failure([], [tensor, tensor]) == "f.gguf: tensor \"t\": the name is already taken")
      #expect(
        failure([], [NamedTensor("t", .uint32, shape: [1]) { _ in }])
          == "f.gguf: tensor \"t\": is of type U32, which GGUF files cannot hold")
      #expect(
        failure([], [NamedTensor("t", shape: [3], [1])])
          == "f.gguf: tensor \"t\": has 4 bytes, expected 12 for F32 [3]")
      #expect(
        failure([], [NamedTensor("t", .float32, shape: [1 << 50]) { _ in }])
          .contains("f.gguf: cannot be written: "))
      let left = try contents(of: folder)
      #expect(left.isEmpty)
    }
  }
}
