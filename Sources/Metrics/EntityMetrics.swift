/// A stretch of words that has a type, as tags like `B-PER I-PER` mark it.
public struct Entity: Hashable, Sendable {
  /// What follows the dash of its tags.
  public let type: String
  /// The places of its words.
  public let words: Range<Int>

  /// An entity.
  public init(type: String, words: Range<Int>) {
    self.type = type
    self.words = words
  }
}

/// How tags mark where entities begin and end.
public enum TagScheme: Sendable {
  /// `B-`, `I-`, `O`: IOB2, and what else the CoNLL scripts read.
  case iob2
  /// `B-`, `I-`, `E-`, `S-`, `O`.
  case bioes

  /// The scheme of a set of tags: with `E-` or `S-` among them it is BIOES.
  public init(_ tags: some Sequence<String>) {
    self = tags.contains { $0.hasPrefix("E-") || $0.hasPrefix("S-") } ? .bioes : .iob2
  }
}

extension Entity {
  /// The entities of a sentence's tags, by the rules of `seqeval`: an entity ends where the type changes, where `B` or
  /// `S` stands, or after `E` or `S`; it may begin with any tag but `O`.
  public static func all(in tags: [String]) -> [Entity] {
    var entities: [Entity] = []
    var open: (type: String, start: Int)?
    var previous: (mark: Character, type: String) = ("O", "")
    for (place, tag) in (tags + ["O"]).enumerated() {
      let current = split(tag)
      if let begun = open, ends(previous, current) {
        entities.append(Entity(type: begun.type, words: begun.start..<place))
        open = nil
      }
      if begins(previous, current) { open = (current.type, place) }
      previous = current
    }
    return entities
  }

  /// `B-PER` is (`B`, `PER`); without a dash the type is what follows the first character, or `_` if nothing does.
  private static func split(_ tag: String) -> (mark: Character, type: String) {
    guard let mark = tag.first else { return ("O", "_") }
    let rest = tag.dropFirst()
    let type = rest.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).last
    return (mark, type.map { $0.isEmpty ? "_" : String($0) } ?? "_")
  }

  private static func ends(
    _ previous: (mark: Character, type: String), _ current: (mark: Character, type: String)
  ) -> Bool {
    if previous.mark == "E" || previous.mark == "S" { return true }
    if "BSO".contains(current.mark), "BI".contains(previous.mark) { return true }
    return previous.mark != "O" && previous.type != current.type
  }

  private static func begins(
    _ previous: (mark: Character, type: String), _ current: (mark: Character, type: String)
  ) -> Bool {
    if current.mark == "O" { return false }
    if current.mark == "B" || current.mark == "S" { return true }
    if "ESO".contains(previous.mark), "EI".contains(current.mark) { return true }
    return previous.type != current.type
  }
}

/// What tags say of entities, beside the truth: as `seqeval` counts, an entity is right if type, beginning and end are.
public struct EntityReport: Sendable {
  /// By type, in the order of their names.
  public let types: ClassReport
  /// Precision, recall, F1 of all entities together, and the share of words whose tag is right.
  public let values: MetricValues

  /// Compares the tags of sentences with those that are true.
  public init(_ sentences: [Outcome<[String]>]) {
    var tallies: [String: BinaryTally] = [:]
    var (words, right) = (0, 0)
    for sentence in sentences {
      let (predicted, expected) = (
        Set(Entity.all(in: sentence.predicted)), Set(Entity.all(in: sentence.expected))
      )
      for entity in predicted { tallies[entity.type, default: BinaryTally()].predicted += 1 }
      for entity in expected { tallies[entity.type, default: BinaryTally()].expected += 1 }
      for entity in predicted.intersection(expected) {
        tallies[entity.type, default: BinaryTally()].both += 1
      }
      words += sentence.expected.count
      right += zip(sentence.predicted, sentence.expected).count { $0 == $1 }
    }
    types = ClassReport(tallies.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    values = MetricValues([
      .precision: types.micro.precision, .recall: types.micro.recall, .f1: types.micro.f1,
      .accuracy: words == 0 ? 0 : Double(right) / Double(words),
    ])
  }
}
