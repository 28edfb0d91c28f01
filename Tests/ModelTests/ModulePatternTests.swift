import Foundation
import Testing

@testable import Methods

/// Patterns of modules match what Python's `re.fullmatch` does, and never take long.
@Suite struct ModulePatternTests {
  private static let names = [
    "bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.11.output.dense",
    "bert.encoder.layer.1.attention.output.dense", "classifier", "a_b", "x\n",
  ]

  /// What Python 3.12 says of each pattern: the places of the names that it matches.
  @Test(
    arguments: [
      (#".*\.\d+\.(intermediate|output)\.dense"#, [1]),
      (#".*(query|dense)"#, [0, 1, 2]),
      (#"^bert\..*$"#, [0, 1, 2]),
      (
        #"(?:.*?(?:attention|output).*?(?:query|dense).*?)|(?:\bclassifier\b)"#, [0, 1, 2, 3]
      ),
      (#"(?!.*attention).*dense"#, [1]),
      (#".*layer\.(1[01]|[0-9])\..*query"#, [0]),
      (#".*layer\.\d{2}\..*"#, [1]),
      (#".*layer\.\d{1,}\.attention\..*"#, [0, 2]),
      (#"[^.]+"#, [3, 4, 5]),
      (#"(?P<all>.+)\.query"#, [0]),
      (#"[a-c]_[\w]"#, [4]),
      (#"(?i)BERT\..*QUERY"#, [0]),
      (#"x$"#, []),
      (#"x\n"#, [5]),
      (#"x."#, []),
      (#"(?s)x."#, [5]),
      (#""#, []),
      (#"a{,3}_b"#, [4]),
      (#"a{0}a_b"#, [4]),
      (#"\Aa_b\Z"#, [4]),
      (#"\w+"#, [3, 4]),
      (#"\W*\w+\s?"#, [3, 4, 5]),
      (#"(a|b|_)*"#, [4]),
      (#"(a|b|_){3}"#, [4]),
      (#"(a|b|_){2}"#, []),
      (#"(|a)+_b"#, [4]),
      (#"[]a]_b"#, [4]),
      (#"[a\-z]_b"#, [4]),
      (#"a{x_b"#, []),
      (#".*\blayer\b.*"#, [0, 1, 2]),
      (#"bert(?=\.encoder).*query"#, [0]),
      (#"classifie(?#comment)r"#, [3]),
    ] as [(String, [Int])])
  func matchesAsPythonDoes(pattern: String, places: [Int]) throws {
    let pattern = try ModulePattern(pattern)
    let matched = try Self.names.indices.filter { try pattern.matches(Self.names[$0]) }
    #expect(matched == places)
  }

  /// In Python these end in minutes, in centuries, or not.
  @Test(arguments: ["(.*)*x", "(.+)+x", "(.*.*.*)*x", "((.*)*)*x", "(a?){1000000}x", "(.|.)*x"])
  func neverTakesLong(pattern: String) throws {
    let pattern = try ModulePattern(pattern)
    let name = String(repeating: "bert.encoder.", count: 20)
    let start = Self.secondsOfThisThread()
    #expect(try !pattern.matches(name))
    #expect(Self.secondsOfThisThread() - start < 2)
  }

  @Test func givesUpInTime() throws {
    let nested = (0..<10).reduce("a") { pattern, _ in "(?=\(pattern).*|\(pattern).*)a" }
    let start = Self.secondsOfThisThread()
    _ = try? ModulePattern(nested).matches(String(repeating: "a", count: 1000))
    #expect(Self.secondsOfThisThread() - start < 5)
  }

  /// What this thread has computed: what others do meanwhile does not count.
  private static func secondsOfThisThread() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  @Test(
    arguments: [
      ("(", "not closed"), ("a)", "not opened"), ("[a", "square bracket"), ("*a", "nothing"),
      ("a**", "a repetition"), ("a{3,2}", "below"), (#"(a)\1"#, "references"),
      ("(?<=a)b", "not supported"), ("a*+", "possessive"), ("(?>a)", "not supported"),
      (#"\p"#, "not supported"), ("(?x)a", "flag"), (#"a\"#, "backslash"), ("[z-a]", "range"),
      (String(repeating: "(", count: 2200), "nested deeper"),
      (String(repeating: "a", count: 100_000), "more than 65536 characters"),
      ("a{9999999999}", "too large"),
    ] as [(String, String)])
  func refuses(pattern: String, reason: String) {
    #expect {
      _ = try ModulePattern(pattern)
    } throws: {
      ($0 as? ModulePattern.Problem)?.text.contains(reason) ?? false
    }
  }

  @Test func endsOfNames() throws {
    let pattern = try ModulePattern("query|self.key").forEndOfName
    for (name, isMatched) in [
      ("query", true), ("a.query", true), ("a.b.self.key", true), ("a_query", false),
      ("query.a", false),
    ] {
      #expect(try pattern.matches(name) == isMatched, "\(name)")
    }
  }
}
