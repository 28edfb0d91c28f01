import Support
import Tokenizers

extension TokenizerVocabulary {
  /// The lists as the metadata of a GGUF file.
  package func metadata() -> [GGUFWriter.Entry] {
    func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }
    var entries: [GGUFWriter.Entry] = []
    switch model {
    case .sentencePiece(let scores):
      entries += [
        (key("model"), .string("llama")), (key("pre"), .string("default")),
        (key("tokens"), .texts(tokens)),
        (key("scores"), .array(of: .float32, scores.map(GGUFValue.float32))),
      ]
    case .byteLevel(_, let preTokenizer):
      entries += [
        (key("model"), .string("gpt2")), (key("pre"), .string(preTokenizer.rawValue)),
        (key("tokens"), .texts(tokens)),
      ]
    }
    entries.append(
      (key("token_type"), .array(of: .int32, kinds.map { .int32(Int32($0.rawValue)) })))
    if case .byteLevel(let merges, _) = model, !merges.isEmpty {
      entries.append((key("merges"), .texts(merges)))
    }
    for (name, id) in [
      ("bos", specialTokens.beginning), ("eos", specialTokens.end),
      ("unknown", specialTokens.unknown), ("padding", specialTokens.padding),
    ] {
      if let id { entries.append((key("\(name)_token_id"), .count(Int(id)))) }
    }
    entries += [
      (key("add_bos_token"), .bool(specialTokens.addsBeginning)),
      (key("add_eos_token"), .bool(specialTokens.addsEnd)),
    ]
    if case .sentencePiece = model {
      entries.append((key("add_space_prefix"), .bool(addsSpacePrefix)))
    }
    return entries
  }
}
