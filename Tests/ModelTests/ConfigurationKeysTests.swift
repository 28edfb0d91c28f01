import Compute
import Foundation
import Support
import Testing
import Weights

@testable import Models

/// Which keys of `config.json` decide, where several say something of the same thing; all as `transformers` 5 has it.
@Suite struct ConfigurationKeysTests {
  private func file(_ json: String) throws -> ConfigurationFile {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: url) }
    try Data(json.utf8).write(to: url)
    return try ConfigurationFile(url)
  }

  private func frequencies(_ json: String) throws -> [Double] {
    try RotaryConfiguration(file(json), headSize: 4, positions: 64).frequencies
  }

  /// How somebody asks for a longer context: `rope_scaling` added to a file that has `rope_parameters`.
  @Test func scalingStandsBeforeParameters() throws {
    let parameters = #""rope_parameters": {"rope_type": "default", "rope_theta": 100.0}"#
    #expect(try frequencies("{\(parameters)}") == [1, 0.1])
    #expect(
      try frequencies(#"{\#(parameters), "rope_scaling": {"type": "linear", "factor": 2.0}}"#)
        == [0.5, 0.005])
    #expect(try frequencies(#"{\#(parameters), "rope_scaling": null}"#) == [1, 0.1])
    #expect(try frequencies(#"{\#(parameters), "rope_scaling": {}}"#) == [1, 0.1])
    #expect(
      try frequencies(
        #"{\#(parameters), "rope_theta": 25.0, "rope_scaling": {"type": "linear", "factor": 2.0}}"#)
        == [0.5, 0.1])
    #expect(throws: InputError.self) { try frequencies(#"{"rope_scaling": "linear"}"#) }
  }

  private func windows(
    _ window: DecoderArchitecture.Window, _ json: String
  ) throws -> [Int?] {
    try window.masks(file(json), blocks: 2).map {
      guard case .causal(let size) = $0 else { throw InputError("masks", "expected causal ones") }
      return size
    }
  }

  @Test func typesOfLayersDecideTheWindow() throws {
    let full = #""layer_types": ["full_attention", "sliding_attention"], "sliding_window": 4"#
    #expect(try windows(.everywhere(default: 9), "{}") == [9, 9])
    #expect(try windows(.everywhere(default: 9), "{\(full)}") == [nil, 4])
    #expect(try windows(.upperBlocks, "{\(full)}") == [nil, nil])
    #expect(try windows(.upperBlocks, #"{\#(full), "use_sliding_window": true}"#) == [nil, 4])
    #expect(throws: InputError.self) { try windows(.none, "{\(full)}") }
    for types in [#"["full_attention"]"#, #"["full_attention", "chunked_attention"]"#, "[1, 2]"] {
      #expect(throws: InputError.self) {
        try windows(.everywhere(default: 9), #"{"layer_types": \#(types)}"#)
      }
    }
  }

  @Test func generalNamesStandBeforeThoseOfTheModel() throws {
    let own = EncoderArchitecture.distilBert.keys
    let both = try own.generalized(by: file(#"{"dim": 16, "hidden_size": 32, "n_layers": 2}"#))
    #expect(
      (both.hiddenSize, both.layerCount, both.headCount) == ("hidden_size", "n_layers", "n_heads"))
  }
}
