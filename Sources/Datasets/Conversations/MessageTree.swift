import Support

/// A message of OpenAssistant with its replies.
/// Format: <https://projects.laion.ai/Open-Assistant/docs/data/schemas>
struct TreeMessage {
  let id: String
  let parent: String?
  let turn: ChatTurn
  let language: String?
  let isDeleted: Bool
  let rank: Int?
  /// Its line in the file.
  let line: Int

  /// - Parameter outer: the message in whose replies it stands.
  /// - Throws: `InputError` naming the key that is missing or cannot be used.
  init(_ field: JSONField, inside outer: String? = nil, line: Int) throws {
    id = try field.required("message_id").string()
    parent = try outer ?? field.optional("parent_id")?.string()
    let role = try field.required("role")
    switch try role.string() {
    case "prompter": turn = ChatTurn(.user, try field.required("text").string())
    case "assistant": turn = ChatTurn(.assistant, try field.required("text").string())
    default: throw role.error(expected: "\"prompter\" or \"assistant\"")
    }
    language = try field.optional("lang")?.string()
    isDeleted = try field.optional("deleted")?.bool() ?? false
    rank = try field.optional("rank")?.integer()
    self.line = line
  }
}

/// The trees of a file, and the ways through them.
struct MessageTrees {
  private let source: String
  private let options: ConversationOptions
  private var messages: [TreeMessage] = []
  private(set) var tally = ConversationTally()

  init(_ source: String, _ options: ConversationOptions) {
    self.source = source
    self.options = options
  }

  /// A tree with its replies inside of each other, or a single message.
  /// - Throws: `InputError` naming line and key.
  mutating func add(_ field: JSONField, line: Int) throws {
    guard let prompt = try field.optional("prompt") else {
      messages.append(try TreeMessage(field, line: line))
      return
    }
    // Not by recursion: nobody knows how deep trees are.
    var pending: [(field: JSONField, parent: String?)] = [(prompt, nil)]
    while let next = pending.popLast() {
      let message = try TreeMessage(next.field, inside: next.parent, line: line)
      messages.append(message)
      let replies = try next.field.optional("replies")?.elements() ?? []
      pending += replies.reversed().map { ($0, message.id) }
    }
  }

  /// The ways from every first message to the ends, as the options have it.
  /// - Throws: `InputError` when a message is there twice, replies to itself, or replies have roles out of order.
  mutating func conversations() throws -> [Conversation] {
    var places: [String: Int] = [:]
    for (place, message) in messages.enumerated() {
      guard places.updateValue(place, forKey: message.id) == nil else {
        throw error(message, "the message \(message.id) is there twice")
      }
    }
    var replies: [Int: [Int]] = [:]
    var roots: [Int] = []
    var orphans: [Int] = []
    for (place, message) in messages.enumerated() {
      guard let parent = message.parent else {
        roots.append(place)
        continue
      }
      if let parent = places[parent] {
        replies[parent, default: []].append(place)
      } else {
        orphans.append(place)
      }
    }
    let reached = subtree(roots, replies), lost = subtree(orphans, replies)
    tally.orphans = lost.count
    if let unreached = messages.indices.first(where: {
      !reached.contains($0) && !lost.contains($0)
    }) {
      throw error(messages[unreached], "is a reply to itself by way of its replies: a cycle")
    }
    return try roots.flatMap { try threads(from: $0, replies) }
  }

  private func subtree(_ roots: [Int], _ replies: [Int: [Int]]) -> Set<Int> {
    var found = Set(roots)
    var pending = roots
    while let next = pending.popLast() {
      for reply in replies[next] ?? [] where found.insert(reply).inserted { pending.append(reply) }
    }
    return found
  }

  private func error(_ message: TreeMessage, _ problem: String) -> InputError {
    InputError(source, at: "line \(message.line)", problem)
  }

  /// Whether a message is taken; what is not is counted with all that replies to it.
  private mutating func isTaken(_ place: Int, _ replies: [Int: [Int]]) -> Bool {
    let message = messages[place]
    if message.isDeleted {
      tally.deleted += subtree([place], replies).count
      return false
    }
    if let languages = options.languages, !languages.contains(message.language ?? "") {
      tally.otherLanguages += subtree([place], replies).count
      return false
    }
    return true
  }

  private mutating func threads(from root: Int, _ replies: [Int: [Int]]) throws -> [Conversation] {
    guard isTaken(root, replies) else { return [] }
    var found: [Conversation] = []
    var pending = [[root]]
    while let path = pending.popLast() {
      guard let last = path.last else { continue }
      var next = (replies[last] ?? []).filter { isTaken($0, replies) }
      for reply in next where messages[reply].turn.role == messages[last].turn.role {
        throw error(
          messages[reply],
          "replies as \(messages[reply].turn.role.rawValue) to one of the same role")
      }
      if options.replies == .best, let best = next.min(by: isBetter) { next = [best] }
      guard next.isEmpty else {
        pending += next.reversed().map { path + [$0] }
        continue
      }
      let turns = path.map { messages[$0].turn }
      // Answers that end in the same place give the same conversation once the unanswered turn is left out.
      if let conversation = try? Conversation(turns) {
        let isRepeated =
          turns.last?.role == .user && found.contains { $0.turns.starts(with: conversation.turns) }
        if !isRepeated { found.append(conversation) }
      } else {
        tally.unanswered += 1
      }
    }
    return found
  }

  /// People's ranks count from 0, the best; what nobody ranked comes last, in the order of the file.
  private func isBetter(_ a: Int, _ b: Int) -> Bool {
    (messages[a].rank ?? .max, a) < (messages[b].rank ?? .max, b)
  }
}
