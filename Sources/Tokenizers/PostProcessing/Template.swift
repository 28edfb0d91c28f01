/// Where the special tokens and the texts go (section `post_processor`).
struct Template: Sendable {
  enum Text: String, CaseIterable {
    case first = "A"
    case second = "B"
  }

  enum Piece {
    case special(ids: [Int32], typeId: Int32)
    case text(Text, typeId: Int32)
  }

  let pieces: [Piece]

  /// Ids of all special tokens, in order.
  var specialIds: [Int32] {
    pieces.flatMap { if case .special(let ids, _) = $0 { ids } else { [Int32]() } }
  }

  func uses(_ text: Text) -> Bool {
    pieces.contains { if case .text(text, _) = $0 { true } else { false } }
  }

  /// The ids of the filled template and their type ids.
  func filled(with first: [Int32], _ second: [Int32]) -> (ids: [Int32], typeIds: [Int32]) {
    var ids: [Int32] = []
    var typeIds: [Int32] = []
    for piece in pieces {
      let (part, typeId) =
        switch piece {
        case .special(let special, let typeId): (special, typeId)
        case .text(.first, let typeId): (first, typeId)
        case .text(.second, let typeId): (second, typeId)
        }
      ids += part
      typeIds += repeatElement(typeId, count: part.count)
    }
    return (ids, typeIds)
  }
}
