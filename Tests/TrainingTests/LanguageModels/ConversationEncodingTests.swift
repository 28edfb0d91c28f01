import Foundation
import TestSupport
import Testing

@testable import Inference
@testable import SparseGrad

/// Which tokens of a conversation count, and how tokens are chosen and shown.
@Suite struct ConversationEncodingTests {
  private func encoder(_ template: String? = nil) throws -> (ConversationEncoder, Tokenizer) {
    let folder = try TemporaryFolder()
    let model = try TinyLanguageModel(in: folder)
    if let template {
      try model.configureTokenizer([
        "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "[SEP]",
        "chat_template": template,
      ])
    }
    let source = try ModelFolder(model.url)
    let tokenizer = try Tokenizer(source)
    return (try ConversationEncoder(source, tokenizer), tokenizer)
  }

  private let turns = [
    ChatTurn(.user, "is the film good"), ChatTurn(.assistant, "quite good"),
    ChatTurn(.user, "and the story"), ChatTurn(.assistant, "so so"),
  ]

  private func shown(_ sequences: [(ids: [Int32], answers: [Int])], _ tokenizer: Tokenizer)
    -> [String]
  {
    sequences.map { ids, answers in
      ids.enumerated().map { place, id in
        let token = tokenizer.token(for: id) ?? "?"
        return answers.contains(place) ? token.uppercased() : token
      }.joined(separator: " ")
    }
  }

  /// Answers and the tokens that end them count, nothing else.
  @Test func answersCount() throws {
    let (encoder, tokenizer) = try encoder()
    #expect(
      try shown(encoder.sequences(turns), tokenizer) == [
        "[MASK] is the film good [UNK] QUITE GOOD [SEP] [MASK] and the story [UNK] SO SO [SEP]"
      ])
  }

  /// On demand all tokens count but the first, which nothing stands before.
  @Test func allTurnsCount() throws {
    let (encoder, tokenizer) = try encoder()
    #expect(
      try shown(encoder.sequences(turns, learning: .all), tokenizer) == [
        "[MASK] IS THE FILM GOOD [UNK] QUITE GOOD [SEP] [MASK] AND THE STORY [UNK] SO SO [SEP]"
      ])
  }

  /// Where a template has no end of an answer, the tokenizer's is added.
  @Test func endsAreAdded() throws {
    let (encoder, tokenizer) = try encoder(
      "{% for m in messages %}[MASK]{{ m.content }}{% endfor %}{% if add_generation_prompt %}[MASK]{% endif %}"
    )
    #expect(
      try shown(encoder.sequences(Array(turns[..<2])), tokenizer) == [
        "[MASK] is the film good [MASK] QUITE GOOD [SEP]"
      ])
  }

  /// A template that shows old answers otherwise gives a sequence for every answer.
  @Test func changingTemplates() throws {
    let (encoder, tokenizer) = try encoder(
      "{% for m in messages %}{% if m.role == 'user' %}[MASK]{{ m.content }}[CLS]{% elif loop.last %}so {{ m.content }}[SEP]{% else %}{{ m.content }}[SEP]{% endif %}{% endfor %}"
    )
    #expect(
      try shown(encoder.sequences(turns), tokenizer) == [
        "[MASK] is the film good [CLS] SO QUITE GOOD [SEP]",
        "[MASK] is the film good [CLS] quite good [SEP] [MASK] and the story [CLS] SO SO SO [SEP]",
      ])
  }

  @Test func sampling() {
    let logits: [Float] = [1, 3, 2, -1]
    func draws(_ change: (inout SamplingSettings) -> Void, seen: Set<Int32> = []) -> [Int32] {
      var settings = SamplingSettings()
      change(&settings)
      var sampler = TokenSampler(settings)
      return (0..<4000).map { _ in sampler.next(logits, seen: seen) }
    }
    #expect(Set(draws { _ in }) == [1])
    #expect(Set(draws { ($0.temperature, $0.topK) = (2, 1) }) == [1])
    #expect(Set(draws { ($0.temperature, $0.topK) = (2, 2) }) == [1, 2])
    #expect(Set(draws { ($0.temperature, $0.topP) = (1, 0.7) }) == [1, 2])
    #expect(Set(draws { ($0.temperature, $0.minP) = (1, 0.2) }) == [1, 2])
    // A penalty brings the second best to the front.
    #expect(Set(draws({ $0.repetitionPenalty = 2 }, seen: [1])) == [2])
    let all = draws { $0.temperature = 1 }
    #expect(all == draws { $0.temperature = 1 })
    #expect(all != draws { ($0.temperature, $0.seed) = (1, 7) })
    // The shares are the softmax's.
    let sum = logits.reduce(0) { $0 + exp(Double($1)) }
    for token in 0..<4 {
      let share = Double(all.count { $0 == token }) / 4000
      let expected = exp(Double(logits[token])) / sum
      #expect(abs(share - expected) < 4 * (expected * (1 - expected) / 4000).squareRoot())
    }
  }

  /// Stop strings are not shown, not even their beginning; what only looked like one is.
  @Test func stopStrings() throws {
    let (_, tokenizer) = try encoder()
    func written(_ text: String, stop: [String]) throws -> (String, Bool) {
      var writer = TextWriter(tokenizer, stopStrings: stop)
      var shown = ""
      for id in try tokenizer.ids(of: text) { shown += writer.text(after: id) }
      shown += writer.finish()
      #expect(shown == writer.written)
      return (shown, writer.isStopped)
    }
    #expect(try written("the film is good", stop: []) == ("the film is good", false))
    #expect(try written("the film is good", stop: [" is"]) == ("the film", true))
    #expect(try written("the film is good", stop: ["good film", "m i"]) == ("the fil", true))
    #expect(try written("the film is good", stop: ["good so"]) == ("the film is good", false))
  }
}
