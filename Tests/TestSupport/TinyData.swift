import Foundation
import SparseGrad

/// Invented sentences that one word decides.
package enum TinyData {
  /// Sentences with their label, `negative` or `positive`, always the same for the same seed.
  package static func sentences(_ count: Int, seed: UInt64 = 1) -> [(text: String, label: String)] {
    var random = RandomStream(seed: seed, purpose: .shuffling, index: 0)
    return (0..<count).map { i in
      let isGood = i.isMultiple(of: 2)
      let words = isGood ? TinyModel.goodWords : TinyModel.badWords
      var sentence = (0..<Int.random(in: 1...6, using: &random)).map { _ in
        TinyModel.otherWords.randomElement(using: &random) ?? "a"
      }
      sentence.insert(words.randomElement(using: &random) ?? "", at: sentence.count / 2)
      return (sentence.joined(separator: " "), isGood ? "positive" : "negative")
    }
  }

  /// A file of labelled sentences.
  package static func table(_ count: Int, seed: UInt64 = 1) -> String {
    "text\tlabel\n" + sentences(count, seed: seed).map { "\($0.text)\t\($0.label)\n" }.joined()
  }

  /// A file of sentences with a number: 2 for good ones, −1 for bad ones.
  package static func numbers(_ count: Int, seed: UInt64 = 1) -> String {
    "text\tscore\n"
      + sentences(count, seed: seed).map { "\($0.text)\t\($0.label == "positive" ? 2 : -1)\n" }
      .joined()
  }

  package static func dataset(_ count: Int, seed: UInt64 = 1) throws -> Dataset {
    let labels = try LabelSet(["negative", "positive"], source: "test")
    return try Dataset(
      examples: sentences(count, seed: seed).map { sentence in
        Example(text: sentence.text, target: .label(sentence.label == "positive" ? 1 : 0))
      }, labels: labels, source: "sentences")
  }
}
