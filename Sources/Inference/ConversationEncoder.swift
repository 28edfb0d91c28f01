import ChatTemplates
import Datasets
import Foundation
import Support
import Tokenizers
import Weights

/// Conversations as the tokens that a model was trained on, by its chat template.
public struct ConversationEncoder {
  private let template: ChatTemplate
  private let tokenizer: Tokenizer
  private let variables: [String: JSONValue]
  /// The tokens that end an answer.
  private let ends: Set<Int32>

  /// - Throws: `InputError` when the model has no chat template, or one that is malformed.
  public init(_ model: ModelFolder, _ tokenizer: Tokenizer) throws {
    self.tokenizer = tokenizer
    let source = try ChatTemplateSource.required(model)
    template = try ChatTemplate(source.template, name: source.file)
    var variables: [String: JSONValue] = [:]
    let special = tokenizer.specialTokens
    for (name, id) in [
      ("bos_token", special.beginning), ("eos_token", special.end), ("pad_token", special.padding),
    ] {
      if let token = id.flatMap(tokenizer.token) { variables[name] = .string(token) }
    }
    self.variables = variables
    ends = try model.endTokens(tokenizer)
  }

  /// The tokens of a conversation that the assistant is to go on with.
  /// - Throws: `InputError` when the template refuses it.
  public func prompt(_ turns: [ChatTurn]) throws -> [Int32] {
    try tokenizer.ids(of: text(turns, .generationPrompt))
  }

  /// The tokens of a conversation, and which of them the assistant has said, the token that ends an answer included.
  /// - Throws: `InputError` when the template refuses it.
  private func tokens(_ turns: [ChatTurn]) throws -> (ids: [Int32], answers: [Int]) {
    var ids: [Int32] = []
    var answers: [Int] = []
    for (index, turn) in turns.enumerated() where turn.role == .assistant {
      let before = try prompt(Array(turns[..<index]))
      let after = try endedIds(Array(turns[...index]))
      // What was read before is read again with what follows it, unless the template shows old turns otherwise.
      let common = zip(before, after).prefix { $0 == $1 }.count
      guard before.starts(with: ids), common == before.count else {
        throw NotGrowing()
      }
      ids = after
      let last = after.lastIndex(where: ends.contains) ?? after.count - 1
      if before.count <= last { answers += before.count...last }
    }
    return (ids, answers)
  }

  /// A template that shows a turn otherwise once others follow it.
  private struct NotGrowing: Error {}

  /// What is learnt of a conversation: one sequence, or one for each answer where only answers are learnt and the template
  /// shows old turns otherwise than the last one.
  /// - Throws: `InputError` when the template refuses it.
  func sequences(_ turns: [ChatTurn], learning learnt: LearntTurns = .answers) throws -> [(
    ids: [Int32], answers: [Int]
  )] {
    if learnt == .all {
      let ids = try endedIds(turns)
      return [(ids, Array(ids.indices.dropFirst()))]
    }
    do {
      return [try tokens(turns)]
    } catch is NotGrowing {
      return try turns.indices.filter { turns[$0].role == .assistant }.map { index in
        let before = try prompt(Array(turns[..<index]))
        let ids = try endedIds(Array(turns[...index]))
        let start = zip(before, ids).prefix { $0 == $1 }.count
        let last = ids.lastIndex(where: ends.contains) ?? ids.count - 1
        return (ids, start <= last ? Array(start...last) : [])
      }
    }
  }

  /// The tokens of a conversation up to one that ends the last answer; where the template has none, the tokenizer's is
  /// added.
  private func endedIds(_ turns: [ChatTurn]) throws -> [Int32] {
    var ids = try tokenizer.ids(of: text(turns, .none))
    let answer = try prompt(Array(turns.dropLast())).count
    if !ids.dropFirst(answer).contains(where: ends.contains), let end = tokenizer.specialTokens.end
    {
      ids.append(end)
    }
    return ids
  }

  private func text(_ turns: [ChatTurn], _ ending: ChatTemplate.Ending) throws -> String {
    let messages = turns.map { turn -> JSONObject in
      ["role": .string(turn.role.rawValue), "content": .string(turn.content)]
    }
    return try template.render(messages, ending: ending, variables: variables).text
  }
}
