import Foundation
import Support
import Tokenizers
import Weights

extension ModelFolder {
  /// The tokens after which a model writes nothing more: that of the tokenizer, and those of `generation_config.json` or,
  /// in a GGUF file, that for the end of a turn.
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<Int32> {
    var ends = Set([tokenizer.specialTokens.end].compactMap { $0 })
    if isGGUF {
      let roles = try GGUFFile(url).tokenizer()?.specialTokens ?? [:]
      ends.formUnion([roles["eot"], roles["eom"]].compactMap { $0.map(Int32.init) })
      return ends
    }
    let file = url.appendingPathComponent("generation_config.json")
    guard FileManager.default.fileExists(atPath: file.path) else { return ends }
    let configuration = try ConfigurationFile(file)
    let listed: [JSONValue]
    switch configuration["eos_token_id"] {
    case nil, .null?: listed = []
    case .array(let ids)?: listed = ids
    case let id?: listed = [id]
    }
    for id in listed {
      guard case .number(let number) = id, let value = number.integer,
        let id = Int32(exactly: value), id >= 0
      else { throw configuration.error("eos_token_id", expected: "ids of tokens") }
      ends.insert(id)
    }
    return ends
  }
}
