import Tokenizers

/// What is written, as it can be shown: whole characters, and nothing that a stop string may begin with.
struct TextWriter {
  private var decoder: StreamingDecoder
  private let stopStrings: [String]
  /// What has been shown.
  private(set) var written = ""
  private var held = ""
  /// Whether a stop string has come.
  private(set) var isStopped = false

  init(_ tokenizer: Tokenizer, stopStrings: [String]) {
    decoder = StreamingDecoder(tokenizer, skipSpecialTokens: true)
    self.stopStrings = stopStrings
  }

  /// The text that can be shown once a token has come.
  mutating func text(after token: Int32) -> String { show(decoder.text(after: token)) }

  /// The rest, when no more tokens come.
  mutating func finish() -> String {
    let rest = show(decoder.finish()) + (isStopped ? "" : held)
    if !isStopped { written += held }
    held = ""
    return rest
  }

  private mutating func show(_ text: String) -> String {
    guard !isStopped else { return "" }
    held += text
    if let stop = stopStrings.compactMap({ held.range(of: $0)?.lowerBound }).min() {
      isStopped = true
      return release(upTo: stop)
    }
    // The longest end that a stop string may begin with.
    let longest = held.indices.first { start in
      stopStrings.contains { $0.hasPrefix(held[start...]) }
    }
    return release(upTo: longest ?? held.endIndex)
  }

  private mutating func release(upTo end: String.Index) -> String {
    let shown = String(held[..<end])
    held = String(held[end...])
    written += shown
    return shown
  }
}
