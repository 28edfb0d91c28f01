import Foundation
import Models
import Support
import Testing

/// Short reviews of films for gradients of a real model: sixteen subjects, four judgements each.
struct Sentences {
  private let ids: [String: Int32]

  /// - Parameter vocabulary: `vocab.txt`, a token a line.
  init(vocabulary: URL) throws {
    let tokens = try String(contentsOf: vocabulary, encoding: .utf8).split(separator: "\n")
    ids = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ("\($1)", Int32($0)) })
  }

  /// All sentences in batches. Their words are whole tokens, so looking them up is WordPiece.
  func batches(of size: Int) throws -> [(TokenBatch, [Target])] {
    try stride(from: 0, to: Self.all.count, by: size).map { start in
      var batch = TokenBatch()
      let sentences = Self.all[start..<min(start + size, Self.all.count)]
      for (text, _) in sentences {
        let words = ["[CLS]"] + text.split(separator: " ").map(String.init) + ["[SEP]"]
        let ids = try words.map { try #require(self.ids[$0], "\($0) is no token") }
        batch.append(ids: ids, typeIds: ids.map { _ in 0 })
      }
      return (batch, sentences.map { .label($0.label) })
    }
  }

  /// Text in lower case with spaces around every token, and 1 if it is a praise.
  static let all: [(text: String, label: Int)] = positive.indices.flatMap {
    [(positive[$0], 1), (negative[$0], 0)]
  }

  private static let positive = [
    "a warm , funny and deeply human story .", "the cast is excellent from first to last .",
    "i laughed until i cried , and then i just cried .", "this is the best film of the year .",
    "every scene is a small work of art .", "the music alone is worth the price of the ticket .",
    "she gives a brave performance that stays with you for days .",
    "a smart thriller with a heart .", "my children loved it and so did i .",
    "the dialogue is sharp , quick and very funny .",
    "beautiful pictures , fine acting , and a perfect ending .",
    "it made me want to call my mother .", "an honest look at love and loss .",
    "the director knows exactly what he wants and gets it .",
    "two hours went by like ten minutes .", "a classic that i will watch again and again .",
    "the young actor is a wonderful surprise .", "clever , moving and never too long .",
    "what a pleasure to see such good writing .", "it is a joy from the first frame .",
    "i left the theater with a smile on my face .", "rich , strange and quite beautiful .",
    "the fight scenes are fresh and exciting .", "an old story told with new energy .",
    "you will care about these people .", "a gentle comedy that deserves every laugh .",
    "the war scenes are terrible and true , as they should be .",
    "great fun for the whole family .", "the camera finds beauty in the smallest things .",
    "one of the few sequels that improve on the original .",
    "it trusts its audience , and that is rare .", "simple , strong and hard to forget .",
  ]

  private static let negative = [
    "a cold , boring and empty story .", "the cast looks tired from first to last .",
    "i checked my watch every five minutes .", "this is the worst film of the year .",
    "every scene is too long by half .", "the music never stops telling you what to feel .",
    "she reads her lines as if she had never seen them before .",
    "a stupid thriller without any thrill .", "my children fell asleep and so did i .",
    "nobody in the history of the world has ever talked like this .",
    "ugly pictures , bad acting , and no ending at all .",
    "it made me want to ask for my money back .", "a false and lazy look at love .",
    "the director has no idea what he wants .", "two hours felt like ten .",
    "a mess that i will never watch again .", "the young actor is lost in a terrible part .",
    "loud , slow and far too long .", "what a waste of such good actors .",
    "it is painful from the first frame .", "i left the theater before the end .",
    "poor , dull and quite pointless .", "the fight scenes are dark and confused .",
    "an old story told once too often .", "you will not care about these people .",
    "a comedy with exactly one joke , and it is not funny .",
    "the war scenes look like a cheap video game .", "no fun for anybody in the family .",
    "the camera shakes until you feel sick .", "one more sequel that nobody asked for .",
    "it explains everything twice , and badly .", "weak , false and soon forgotten .",
  ]
}
