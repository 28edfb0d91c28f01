import Compute
import Foundation

/// Chooses one token after another.
struct TokenSampler {
  private let settings: SamplingSettings
  private var random: RandomStream

  init(_ settings: SamplingSettings) {
    self.settings = settings
    random = RandomStream(seed: settings.seed, purpose: .sampling, index: 0)
  }

  /// The next token.
  /// - Parameters:
  ///   - logits: one for every token of the vocabulary.
  ///   - seen: the tokens that are in the text already.
  mutating func next(_ logits: [Float], seen: Set<Int32>) -> Int32 {
    var logits = logits
    if settings.repetitionPenalty != 1 {
      let penalty = Float(settings.repetitionPenalty)
      for token in seen where logits.indices.contains(Int(token)) {
        let logit = logits[Int(token)]
        logits[Int(token)] = logit > 0 ? logit / penalty : logit * penalty
      }
    }
    guard settings.temperature > 0 else { return Int32(best(of: logits)) }
    let candidates = candidates(logits)
    let total = candidates.reduce(0) { $0 + $1.weight }
    var rest = Double(random.next() >> 11) * 0x1p-53 * total
    for candidate in candidates {
      rest -= candidate.weight
      if rest < 0 { return Int32(candidate.token) }
    }
    return Int32(candidates.last?.token ?? best(of: logits))
  }

  /// The first of those with the largest logit.
  private func best(of logits: [Float]) -> Int {
    var best = 0
    for (token, logit) in logits.enumerated() where logit > logits[best] { best = token }
    return best
  }

  /// The tokens that are drawn from, the most probable first, with weights that are in the ratio of their probabilities.
  private func candidates(_ logits: [Float]) -> [(token: Int, weight: Double)] {
    let top = Double(logits.max() ?? 0)
    var weights = logits.enumerated().map { token, logit in
      (token: token, weight: exp((Double(logit) - top) / settings.temperature))
    }
    let isCut = settings.topK != nil || settings.topP < 1 || settings.minP > 0
    guard isCut else { return weights }
    // A weight is a share of the largest one, which is 1.
    let least = settings.minP
    weights = weights.filter { $0.weight >= least }
    weights.sort { $0.weight == $1.weight ? $0.token < $1.token : $0.weight > $1.weight }
    if let topK = settings.topK { weights = Array(weights.prefix(topK)) }
    if settings.topP < 1 {
      let total = weights.reduce(0) { $0 + $1.weight }
      var sum = 0.0
      let count =
        weights.firstIndex { candidate in
          sum += candidate.weight
          return sum >= settings.topP * total
        } ?? weights.count - 1
      weights = Array(weights.prefix(count + 1))
    }
    return weights
  }
}
