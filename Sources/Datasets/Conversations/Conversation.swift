/// Turns in order: at most one of the system's, then those of the user and the assistant in alternation.
struct Conversation {
  private(set) var turns: [ChatTurn]

  /// What is wrong with the order of turns.
  struct Problem: Error {
    let text: String
  }

  /// Turns of the user at the end, which nobody answers, are left out.
  /// - Throws: `Problem` when roles are out of order, or the assistant says nothing.
  init(_ turns: [ChatTurn]) throws {
    let spoken = turns.first?.role == .system ? turns.dropFirst() : turns[...]
    for (place, turn) in spoken.enumerated() {
      let expected: ChatRole = place.isMultiple(of: 2) ? .user : .assistant
      guard turn.role == expected else {
        throw Problem(
          text: "turn \(place + 1 + turns.count - spoken.count) is the \(turn.role.rawValue)'s, "
            + "expected the \(expected.rawValue)'s: user and assistant take turns, the user first")
      }
    }
    self.turns = turns
    if turns.last?.role == .user { self.turns.removeLast() }
    guard self.turns.contains(where: { $0.role == .assistant }) else {
      throw Problem(text: "has no turn of the assistant, expected one to learn from")
    }
  }
}
