import Foundation

/// What two labels have to share to be the same one. A label is looked up by the strictest of these first; a looser
/// one counts where it leaves a single label.
enum LabelIdentity: CaseIterable {
  /// Every character.
  case text
  /// All but white space around them.
  case trimmedText
  /// The same, upper and lower case being equal.
  case foldedText
  /// The number that they write: `1`, `1.0` and `+1` are one.
  case number

  /// What labels that are the same have in common; nil if a label has no such thing.
  func key(of label: String) -> String? {
    switch self {
    case .text: label
    case .trimmedText: Self.trimmed(label)
    case .foldedText: Self.trimmed(label).lowercased()
    case .number: Self.number(Self.trimmed(label))
    }
  }

  static func trimmed(_ label: String) -> String {
    label.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// A decimal number in its shortest form. Digits that begin with a needless 0 are a code, not a number.
  private static func number(_ text: String) -> String? {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" || $0 == "+" }
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let signs = text.prefix { $0 == "-" || $0 == "+" }.count
    guard signs <= 1, parts.joined().count > 0,
      parts.joined().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    var whole = parts[0]
    if whole.count > 1, whole.first == "0" { return nil }
    if whole.isEmpty { whole = "0" }
    var fraction = parts.count > 1 ? parts[1] : ""
    while fraction.last == "0" { fraction.removeLast() }
    let digits = fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    return isNegative && digits != "0" ? "-" + digits : digits
  }
}
