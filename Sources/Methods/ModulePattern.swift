/// A regular expression over the names of modules, as `peft` takes them from an `adapter_config.json`: what Python's
/// `re.fullmatch` accepts, but for what makes matching take long (references back to groups).
///
/// A file may come from anybody. Length and nesting are therefore bounded, and names are matched by sets of positions:
/// of each part of the expression it is computed where it can end, for all places at once where it can begin. No
/// input is tried twice, as backtracking matchers do, so that `(.*)*x` costs no more than `.*x`.
package struct ModulePattern: Sendable {
  /// What cannot be used as a pattern, and why.
  package typealias Problem = PatternProblem

  private let expression: Expression

  /// - Throws: `Problem` when the text is no regular expression, or one that is not supported.
  package init(_ text: String) throws(Problem) {
    expression = try PatternParser.parse(text)
  }

  private init(_ expression: Expression) { self.expression = expression }

  /// A pattern for names that are, or end with a dot and, what this one matches.
  package var forEndOfName: ModulePattern {
    let anything = Expression.repeated(.character(.any), 0...Int.max)
    let lead = Expression.repeated(.sequence([anything, .character(.scalar("."))]), 0...1)
    return ModulePattern(.sequence([lead, expression]))
  }

  /// Whether a name as a whole is matched.
  /// - Throws: `Problem` when finding out takes too long.
  package func matches(_ name: String) throws(Problem) -> Bool {
    var matcher = PatternMatcher(name)
    return try matcher.matches(expression)
  }
}

/// Computes where parts of a pattern can end in a name.
private struct PatternMatcher {
  private let name: [Unicode.Scalar]
  /// Visits of parts that are left. Ordinary patterns take some hundreds.
  private var budget = 200_000

  package init(_ name: String) { self.name = Array(name.unicodeScalars) }

  /// Places between characters.
  private typealias Places = Set<Int>

  mutating func matches(_ expression: Expression) throws(ModulePattern.Problem) -> Bool {
    try ends(of: expression, from: [0]).contains(name.count)
  }

  private mutating func ends(
    of expression: Expression, from starts: Places
  ) throws(ModulePattern.Problem) -> Places {
    budget -= 1 + starts.count
    guard budget > 0 else { throw ModulePattern.Problem(text: "takes too long to match") }
    guard !starts.isEmpty else { return [] }
    switch expression {
    case .character(let accepted):
      let name = name
      return Places(
        starts.filter { $0 < name.count && accepted.contains(name[$0]) }.map { $0 + 1 })
    case .sequence(let parts):
      var places = starts
      for part in parts { places = try ends(of: part, from: places) }
      return places
    case .choice(let parts):
      var places: Places = []
      for part in parts { places.formUnion(try ends(of: part, from: starts)) }
      return places
    case .repeated(let part, let times):
      return try repeated(part, times, from: starts)
    case .start: return starts.intersection([0])
    case .end:
      // As in Python, also before a line break that ends the text.
      return starts.filter { $0 == name.count || ($0 == name.count - 1 && name[$0] == "\n") }
    case .wordBoundary(let isThere):
      return starts.filter { (isWord($0 - 1) != isWord($0)) == isThere }
    case .ahead(let part, let isThere):
      var places: Places = []
      for start in starts where try ends(of: part, from: [start]).isEmpty != isThere {
        places.insert(start)
      }
      return places
    }
  }

  private mutating func repeated(
    _ part: Expression, _ times: ClosedRange<Int>, from starts: Places
  ) throws(ModulePattern.Problem) -> Places {
    var places = starts
    var count = 0
    // A round that changes nothing is followed by others like it.
    while count < times.lowerBound {
      let next = try ends(of: part, from: places)
      count = next == places ? times.lowerBound : count + 1
      places = next
    }
    var found = places
    while count < times.upperBound, !places.isEmpty {
      places = try ends(of: part, from: places).subtracting(found)
      found.formUnion(places)
      count += 1
    }
    return found
  }

  private func isWord(_ place: Int) -> Bool {
    name.indices.contains(place) && CharacterClass.word.contains(name[place])
  }
}
