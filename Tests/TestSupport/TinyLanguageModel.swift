import Foundation
import SparseGrad

/// A Hugging Face folder of a tiny random decoder, with a tokenizer of words and a chat template.
package struct TinyLanguageModel {
  package let url: URL

  /// What stands before a turn of the user's, and after each of the assistant's.
  package static let (user, end) = ("[MASK]", "[SEP]")

  /// - Parameter fixture: one of those in Fixtures/decoders.
  package init(_ fixture: String = "llama", in folder: TemporaryFolder, name: String = "model")
    throws
  {
    url = folder(name)
    let source = fixtures.appendingPathComponent("decoders").appendingPathComponent(fixture)
    for file in ["config.json", "model.safetensors"] {
      try AtomicOutput.write(source.data(file), to: url.appendingPathComponent(file))
    }
    var tokenizer = try jsonObject(TinyModel.tokenizer())
    tokenizer["post_processor"] = NSNull()
    tokenizer["decoder"] =
      ["type": "WordPiece", "prefix": "##", "cleanup": true] as [String: any Sendable]
    try JSONSerialization.data(withJSONObject: tokenizer)
      .write(to: url.appendingPathComponent("tokenizer.json"))
    let template = """
      {% for m in messages %}{% if m.role == 'user' %}\(Self.user){{ m.content }}{% elif m.role == 'assistant' %} : {{ m.content }}\(Self.end){% else %}{{ m.content }}{% endif %}{% endfor %}{% if add_generation_prompt %} :{% endif %}
      """
    try configureTokenizer([
      "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": Self.end, "bos_token": "[CLS]",
      "chat_template": template,
    ])
  }

  /// Replaces `tokenizer_config.json`.
  package func configureTokenizer(_ object: [String: any Sendable]) throws {
    try JSONSerialization.data(withJSONObject: object)
      .write(to: url.appendingPathComponent("tokenizer_config.json"))
  }

  /// Conversations of two turns or four, always the same for the same seed: what is asked decides the answer.
  package static func conversations(_ count: Int, seed: UInt64 = 1) -> String {
    let sentences = TinyData.sentences(2 * count, seed: seed)
    func answer(_ label: String) -> String {
      label == "positive" ? "lovely film" : "awful film and so dull"
    }
    return (0..<count).map { i -> String in
      let asked = i.isMultiple(of: 3) ? [sentences[2 * i], sentences[2 * i + 1]] : [sentences[i]]
      let turns = asked.flatMap { sentence in
        [
          #"{"role": "user", "content": "\#(sentence.text)"}"#,
          #"{"role": "assistant", "content": "\#(answer(sentence.label))"}"#,
        ]
      }
      return "{\"messages\": [\(turns.joined(separator: ", "))]}\n"
    }.joined()
  }
}
