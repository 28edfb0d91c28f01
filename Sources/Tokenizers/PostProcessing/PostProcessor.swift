/// The template for one text and the one for a pair.
struct PostProcessor: Sendable {
  let single: Template
  let pair: Template

  /// The texts alone, one after the other.
  static let none = PostProcessor(
    single: Template(pieces: [.text(.first, typeId: 0)]),
    pair: Template(pieces: [.text(.first, typeId: 0), .text(.second, typeId: 1)]))

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
  static func bert(classificationId: Int32, separatorId: Int32) -> PostProcessor {
    let single: [Template.Piece] = [
      .special(ids: [classificationId], typeId: 0), .text(.first, typeId: 0),
      .special(ids: [separatorId], typeId: 0),
    ]
    let second: [Template.Piece] = [
      .text(.second, typeId: 1), .special(ids: [separatorId], typeId: 1),
    ]
    return PostProcessor(
      single: Template(pieces: single), pair: Template(pieces: single + second))
  }

  /// `<s> A </s>` and `<s> A </s></s> B </s>`, all of one type.
  static func roberta(classificationId: Int32, separatorId: Int32) -> PostProcessor {
    let single: [Template.Piece] = [
      .special(ids: [classificationId], typeId: 0), .text(.first, typeId: 0),
      .special(ids: [separatorId], typeId: 0),
    ]
    let second: [Template.Piece] = [
      .special(ids: [separatorId], typeId: 0), .text(.second, typeId: 0),
      .special(ids: [separatorId], typeId: 0),
    ]
    return PostProcessor(
      single: Template(pieces: single), pair: Template(pieces: single + second))
  }

  /// Each text between the two tokens, where they are given (`add_bos_token` and `add_eos_token` of `transformers`).
  static func around(beginning: Int32?, end: Int32?) -> PostProcessor {
    func pieces(_ text: Template.Text, typeId: Int32) -> [Template.Piece] {
      func special(_ id: Int32?) -> [Template.Piece] {
        id.map { [.special(ids: [$0], typeId: typeId)] } ?? []
      }
      return special(beginning) + [.text(text, typeId: typeId)] + special(end)
    }
    let first = pieces(.first, typeId: 0)
    return PostProcessor(
      single: Template(pieces: first),
      pair: Template(pieces: first + pieces(.second, typeId: 1)))
  }
}
