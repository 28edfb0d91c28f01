/// The regular expressions of published tokenizers, spelt as their files spell them. Each takes the whole of any text,
/// and is matched by hand in linear time.
enum SplitPattern: String, CaseIterable, Sendable {
  /// GPT-2
  case gpt2 =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// LLaMA 3
  case llama3 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  /// Qwen2, Qwen2.5, Qwen3
  case qwen2 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The matches in `text`, which together are all of it.
  func words(of text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var rest = text
    while !rest.isEmpty {
      let end = end(ofWordAt: rest.startIndex, in: text)
      words.append(rest[..<end])
      rest = rest[end...]
    }
    return words
  }

  private func end(ofWordAt start: Int, in text: ArraySlice<Unicode.Scalar>) -> Int {
    switch self {
    case .gpt2: GPT2Pattern.end(ofWordAt: start, in: text)
    case .llama3: Llama3Pattern(longestNumber: 3).end(ofWordAt: start, in: text)
    case .qwen2: Llama3Pattern(longestNumber: 1).end(ofWordAt: start, in: text)
    }
  }
}
