/// Something a user gave (a file, a folder, a flag, a piece of text) that cannot be used as it is.
///
/// The message always says where (`source`, and `location` inside it) and what was expected
/// instead, so that it can be printed as it stands.
public struct InputError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The file, folder or flag at fault, as the user named it.
  public let source: String
  /// Where inside the source: `line 12`, `key "hidden_size"`, `tensor "classifier.weight"`.
  public let location: String?
  /// What is wrong and what was expected.
  public let problem: String

  /// An error whose message is `source: location: problem`.
  public init(_ source: String, at location: String? = nil, _ problem: String) {
    self.source = Self.shortened(source, to: 1000)
    self.location = location.map { Self.shortened($0, to: 300) }
    self.problem = Self.shortened(problem, to: 1000)
  }

  /// The message on one line, without a full stop. What files hold is shown with its control characters escaped.
  public var description: String {
    (location.map { "\(source): \($0): \(problem)" } ?? "\(source): \(problem)").onOneLine
  }

  /// What a file holds may be of any length, a message may not: of a long text its beginning and its end.
  private static func shortened(_ text: String, to length: Int) -> String {
    guard text.unicodeScalars.count > length else { return text }
    let half = length / 2
    return String(text.unicodeScalars.prefix(half)) + " ... "
      + String(text.unicodeScalars.suffix(half / 4))
  }
}
