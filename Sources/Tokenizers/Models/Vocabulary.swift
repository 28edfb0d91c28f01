import Support

/// The tokens of a model and their ids.
struct Vocabulary: Sendable {
  /// All tokens, for matching at the beginning of a word.
  let beginnings: TokenTable
  private let tokens: [Int32: String]

  /// How many tokens there are, whatever their ids.
  var count: Int { tokens.count }
  let maximumId: Int32

  /// Two tokens with one id.
  struct Duplicate: Error {
    let id: Int32
    let tokens: [String]
  }

  /// Of a token that is given twice the last id counts, as in every reader of such files.
  /// - Throws: `Duplicate`.
  init(_ entries: [(token: String, id: Int32)]) throws {
    self.init(unique: entries)
    for (token, id) in entries where self.id(of: token) == id {
      if let other = tokens[id], !other.utf8.elementsEqual(token.utf8) {
        throw Duplicate(id: id, tokens: [token, other])
      }
    }
  }

  /// Tokens whose ids are their places in the list.
  init(tokens: [String]) {
    self.init(unique: tokens.enumerated().map { ($0.element, Int32($0.offset)) })
  }

  private init(unique entries: [(token: String, id: Int32)]) {
    let table = TokenTable(entries.map { (Array($0.token.utf8), $0.id) })
    let valid = entries.filter { table[Array($0.token.utf8)] == $0.id }
    tokens = Dictionary(valid.map { ($0.id, $0.token) }) { _, last in last }
    maximumId = tokens.keys.max() ?? -1
    beginnings = table
  }

  func id(of token: String) -> Int32? { beginnings[Array(token.utf8)] }

  func id(of token: ArraySlice<Unicode.Scalar>) -> Int32? { beginnings[token.utf8Bytes] }

  func token(for id: Int32) -> String? { tokens[id] }

  /// The tokens that begin with `prefix`, without it, for matching inside a word.
  func continuations(after prefix: String) -> TokenTable {
    let prefix = Array(prefix.utf8)
    return TokenTable(
      tokens.compactMap { id, token in
        let bytes = Array(token.utf8)
        return bytes.starts(with: prefix) ? (Array(bytes.dropFirst(prefix.count)), id) : nil
      })
  }

  /// The tokens that are one scalar, at the place of its value; -1 where there is none.
  var singleScalars: [Int32] {
    let singles = tokens.compactMap { id, token -> (value: Int, id: Int32)? in
      let scalars = token.unicodeScalars
      guard let scalar = scalars.first, scalars.dropFirst().isEmpty else { return nil }
      return (Int(scalar.value), id)
    }
    var ids = Array(repeating: Int32(-1), count: (singles.map(\.value).max() ?? -1) + 1)
    for (value, id) in singles { ids[value] = id }
    return ids
  }
}

extension Vocabulary {
  /// From an object with an id for every token.
  /// - Throws: `InputError` naming the key at fault.
  init(_ field: JSONField) throws {
    do {
      try self.init(field.members().map { ($0.key, try $0.field.natural()) })
    } catch let duplicate as Duplicate {
      let tokens = duplicate.tokens.map { "\"\($0)\"" }.joined(separator: " and ")
      throw field.error("gives the id \(duplicate.id) to both \(tokens)")
    }
  }
}
