/// Reads the regular expressions of Python's `re` that are supported.
struct PatternParser {
  private let text: [Unicode.Scalar]
  private var position = 0
  private var ignoresCase = false
  private var dotIsAll = false

  /// Far beyond what names of modules need.
  private static let maximumLength = 65_536, maximumDepth = 50

  static func parse(_ text: String) throws(PatternProblem) -> Expression {
    var parser = PatternParser(Array(text.unicodeScalars))
    guard parser.text.count <= maximumLength else {
      throw PatternProblem(text: "has more than \(maximumLength) characters")
    }
    try parser.flags()
    let expression = try parser.choice(depth: 0)
    guard parser.position == parser.text.count else {
      throw parser.problem("a bracket is closed that was not opened")
    }
    return expression
  }

  private init(_ text: [Unicode.Scalar]) { self.text = text }

  /// `(?is)` before everything else.
  private mutating func flags() throws(PatternProblem) {
    guard take("(?") else { return }
    let start = position
    while let letter = peek, "aiLmsux".unicodeScalars.contains(letter) { position += 1 }
    guard position > start, peek == ")" else {
      position = 0
      return
    }
    for letter in text[start..<position] {
      switch letter {
      case "i": ignoresCase = true
      case "s": dotIsAll = true
      case "u": break
      default: throw problem("the flag \(letter) is not supported")
      }
    }
    position += 1
  }

  private mutating func choice(depth: Int) throws(PatternProblem) -> Expression {
    guard depth <= Self.maximumDepth else {
      throw problem("is nested deeper than \(Self.maximumDepth) levels")
    }
    var parts = [try sequence(depth: depth)]
    while take("|") { parts.append(try sequence(depth: depth)) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence(depth: Int) throws(PatternProblem) -> Expression {
    var parts: [Expression] = []
    while let next = peek, next != "|", next != ")" {
      guard let part = try atom(depth: depth) else { continue }
      parts.append(try repetition(of: part))
    }
    return .sequence(parts)
  }

  // MARK: Repetition

  private mutating func repetition(
    of part: Expression
  ) throws(PatternProblem) -> Expression {
    guard let times = try times() else { return part }
    // A question mark: as few as possible, which is the same for a name as a whole.
    _ = take("?")
    if take("+") { throw problem("possessive repetition is not supported") }
    let after = position
    if try self.times() != nil {
      position = after
      throw problem("a repetition follows a repetition")
    }
    return .repeated(part, times)
  }

  private mutating func times() throws(PatternProblem) -> ClosedRange<Int>? {
    if take("*") { return 0...Int.max }
    if take("+") { return 1...Int.max }
    if take("?") { return 0...1 }
    // Braces that hold no numbers stand for themselves.
    let start = position
    guard take("{") else { return nil }
    let least = try number()
    let most = take(",") ? try number() ?? Int.max : least
    guard take("}"), position - start > 2, let most else {
      position = start
      return nil
    }
    guard least ?? 0 <= most else { throw problem("the most is below the least") }
    return (least ?? 0)...most
  }

  private mutating func number() throws(PatternProblem) -> Int? {
    let start = position
    while let digit = peek, ("0"..."9").contains(digit) { position += 1 }
    guard position > start else { return nil }
    guard position - start <= 9, let number = Int(string(start..<position)) else {
      throw problem("a number is too large")
    }
    return number
  }

  // MARK: Parts

  /// Nil for a comment.
  private mutating func atom(depth: Int) throws(PatternProblem) -> Expression? {
    guard let scalar = peek else { return nil }
    position += 1
    switch scalar {
    case "(": return try group(depth: depth)
    case "[": return .character(try characterClass())
    case ".": return .character(dotIsAll ? .union([.any, .scalar("\n")]) : .any)
    case "^": return .start
    case "$": return .end
    case "\\": return try escape()
    case "*", "+", "?":
      position -= 1
      throw problem("there is nothing to repeat")
    case "{":
      position -= 1
      if try times() != nil { throw problem("there is nothing to repeat") }
      position += 1
      return .character(.scalar("{"))
    default: return .character(literal(scalar))
    }
  }

  private mutating func group(depth: Int) throws(PatternProblem) -> Expression? {
    if take("?#") {
      while let next = peek, next != ")" { position += 1 }
      try close()
      return nil
    }
    if take("?=") || take("?!") {
      let isThere = text[position - 1] == "="
      let inner = try choice(depth: depth + 1)
      try close()
      return .ahead(inner, isThere: isThere)
    }
    if take("?P<") {
      while let next = peek, next != ">" { position += 1 }
      guard take(">") else { throw problem("the name of a group has no end") }
    } else if !take("?:"), peek == "?" {
      throw problem(
        "groups that begin with \"(\(string(position..<min(position + 2, text.count)))\" are not supported"
      )
    }
    let inner = try choice(depth: depth + 1)
    try close()
    return inner
  }

  private mutating func close() throws(PatternProblem) {
    guard take(")") else { throw problem("a bracket is not closed") }
  }

  private mutating func escape() throws(PatternProblem) -> Expression {
    guard let scalar = peek else { throw problem("ends with a backslash") }
    switch scalar {
    case "A", "Z", "b", "B":
      position += 1
      switch scalar {
      case "A": return .start
      case "Z":
        return .sequence([.ahead(.character(.union([.any, .scalar("\n")])), isThere: false)])
      default: return .wordBoundary(isThere: scalar == "b")
      }
    case "1"..."9": throw problem("references to groups are not supported")
    default: return .character(try escapedClass())
    }
  }

  /// After a backslash, inside of brackets or not.
  private mutating func escapedClass() throws(PatternProblem) -> CharacterClass {
    guard let scalar = peek else { throw problem("ends with a backslash") }
    position += 1
    switch scalar {
    case "d": return .digit
    case "D": return .not(.digit)
    case "s": return .space
    case "S": return .not(.space)
    case "w": return .word
    case "W": return .not(.word)
    case "n": return .scalar("\n")
    case "t": return .scalar("\t")
    case "r": return .scalar("\r")
    case "f": return .scalar("\u{c}")
    case "v": return .scalar("\u{b}")
    case "0"..."9", "a"..."z", "A"..."Z": throw problem("\"\\\(scalar)\" is not supported")
    default: return literal(scalar)
    }
  }

  private mutating func characterClass() throws(PatternProblem) -> CharacterClass {
    let isNegative = take("^")
    var classes: [CharacterClass] = []
    repeat {
      guard peek != nil else { throw problem("a square bracket is not closed") }
      let low = try member()
      guard case .scalar(let least) = low, peek == "-", position + 1 < text.count,
        text[position + 1] != "]"
      else {
        classes.append(folded(low))
        continue
      }
      position += 1
      guard case .scalar(let most) = try member(), least <= most else {
        throw problem("a range of characters has no end, or one before its beginning")
      }
      classes.append(folded(.range(least...most)))
    } while !take("]")
    return isNegative ? .not(.union(classes)) : .union(classes)
  }

  /// One character, or a class after a backslash; case is minded later.
  private mutating func member() throws(PatternProblem) -> CharacterClass {
    guard let scalar = peek else { throw problem("a square bracket is not closed") }
    position += 1
    guard scalar == "\\" else { return .scalar(scalar) }
    let ignored = ignoresCase
    ignoresCase = false
    defer { ignoresCase = ignored }
    if take("b") { return .scalar("\u{8}") }
    return try escapedClass()
  }

  private func literal(_ scalar: Unicode.Scalar) -> CharacterClass { folded(.scalar(scalar)) }

  /// With the other case of letters, where case is ignored. Names of modules are ASCII.
  private func folded(_ characters: CharacterClass) -> CharacterClass {
    guard ignoresCase else { return characters }
    let letters = "abcdefghijklmnopqrstuvwxyz".unicodeScalars
    let capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".unicodeScalars
    let others = zip(letters, capitals).flatMap { letter, capital -> [CharacterClass] in
      (characters.contains(letter) ? [.scalar(capital)] : [])
        + (characters.contains(capital) ? [.scalar(letter)] : [])
    }
    return others.isEmpty ? characters : .union([characters] + others)
  }

  // MARK: Text

  private var peek: Unicode.Scalar? { position < text.count ? text[position] : nil }

  private mutating func take(_ literal: String) -> Bool {
    let scalars = literal.unicodeScalars
    guard text[position...].starts(with: scalars) else { return false }
    position += scalars.count
    return true
  }

  private func string(_ range: Range<Int>) -> String {
    var string = String.UnicodeScalarView()
    string.append(contentsOf: text[range])
    return String(string)
  }

  private func problem(_ what: String) -> PatternProblem {
    PatternProblem(text: "character \(position + 1): \(what)")
  }
}
