import Foundation
import Support
import Testing

@testable import Weights

/// Files written by the Python package `gguf`; see Tests/Fixtures/generate/gguf_files.py.
let ggufFixtures = fixtures.deletingLastPathComponent().appendingPathComponent("gguf")

@Suite struct GGUFReadingTests {
  private let types = ggufFixtures.appendingPathComponent("types.gguf")

  @Test func readsMetadataOfEveryType() throws {
    let metadata = try GGUFFile(types).metadata
    let expected: [String: GGUFValue] = [
      "general.architecture": .string("llama"), "test.uint8": .uint8(200), "test.int8": .int8(-100),
      "test.uint16": .uint16(60000), "test.int16": .int16(-30000),
      "test.uint32": .uint32(4_000_000_000), "test.int32": .int32(-2_000_000_000),
      "test.uint64": .uint64(1 << 63 + 1), "test.int64": .int64(-1 << 62),
      "test.float32": .float32(0.1), "test.float64": .float64(0.1), "test.bool": .bool(true),
      "test.string": .string("größe 😀"),
      "test.strings": .array(of: .string, [.string("a"), .string(""), .string("ß")]),
      "test.integers": .array(of: .int32, [.int32(1), .int32(-2), .int32(3)]),
    ]
    for (key, value) in expected { #expect(metadata[key] == value, "\(key)") }
    #expect(try metadata.integers("test.integers") == [1, -2, 3])
    #expect(throws: InputError.self) { try metadata.integer("test.uint64") }
    #expect(throws: InputError.self) { try metadata.text("test.bool") }
    #expect(try metadata.text("test.none") == nil)
  }

  @Test func everyTypeHasTheValuesOfPython() throws {
    let file = try GGUFFile(types)
    let expected = try Checkpoint(file: ggufFixtures.appendingPathComponent("types.safetensors"))
    #expect(file.tensors.map(\.info.name).sorted() == expected.names)
    #expect(file.tensors.count == 11)
    for tensor in file.tensors {
      #expect(tensor.info.shape == [3, 512])
      #expect(tensor.info.type.rawValue == tensor.info.name)
      let bits = try tensor.floats().map(\.bitPattern)
      let wanted = try expected.tensor(tensor.info.name).floats().map(\.bitPattern)
      #expect(bits == wanted, "\(tensor.info.name)")
    }
  }

  @Test func aModelHasTheWeightsOfTransformers() throws {
    let url = ggufFixtures.appendingPathComponent("llama.gguf")
    let checkpoint = try Checkpoint(file: url)
    let expected = try Checkpoint(file: ggufFixtures.appendingPathComponent("llama.safetensors"))
    #expect(Set(checkpoint.names).isSuperset(of: expected.names))
    #expect(expected.names.count == 11)
    for name in expected.names {
      let wanted = try expected.tensor(name)
      let found = try checkpoint.tensor(name, shape: wanted.info.shape).floats()
      #expect(try found == wanted.floats(), "\(name)")
    }
  }

  @Test func aModelHasTheConfigurationOfTransformers() throws {
    let file = try GGUFFile(ggufFixtures.appendingPathComponent("llama.gguf"))
    let found = try file.configuration()
    let expected = try ConfigurationFile(ggufFixtures.appendingPathComponent("llama.json"))
    for key in expected.object.keys {
      if case .number = expected[key] {
        #expect(try found.number(key) == expected.number(key), "\(key)")
      } else {
        #expect(found[key] == expected[key], "\(key)")
      }
    }
    #expect(try file.configuration().stringIfPresent("rope_scaling") == nil)
  }

  @Test func theTokenizerIsHandedOut() throws {
    let file = try GGUFFile(ggufFixtures.appendingPathComponent("llama.gguf"))
    let tokenizer = try #require(try file.tokenizer())
    #expect(tokenizer.model == "gpt2")
    #expect(tokenizer.preTokenizer == "smollm")
    #expect(tokenizer.tokens.count == 40)
    #expect(tokenizer.tokens[2] == "a")
    #expect(tokenizer.kinds[0] == 3)
    #expect(tokenizer.merges == ["a b", "c d"])
    #expect(tokenizer.specialTokens == ["bos": 0, "eos": 1])
    #expect(tokenizer.chatTemplate == "{{ messages[0]['content'] }}")
    #expect(try GGUFFile(types).tokenizer() == nil)
  }

  @Test func namesGoBothWays() {
    for name in [
      "token_embd.weight", "output.weight", "blk.0.attn_q.weight", "blk.31.ffn_down.weight",
      "blk.7.attn_k.bias", "blk.2.attn_q_norm.weight",
    ] {
      #expect(GGUFNames.huggingFace(name).flatMap(GGUFNames.gguf) == name)
    }
    #expect(
      GGUFNames.huggingFace("blk.3.attn_output.weight") == "model.layers.3.self_attn.o_proj.weight")
    for name in ["blk.03.attn_q.weight", "blk.attn_q.weight", "blk.1.other.weight", "output", ""] {
      #expect(GGUFNames.huggingFace(name) == nil)
    }
  }
}
