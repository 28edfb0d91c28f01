import Foundation

extension String {
  /// The text as a POSIX shell reads it back as one word.
  package var shellWord: String {
    let isPlain = !isEmpty && wholeMatch(of: /[A-Za-z0-9_@%+=:,.\/-]+/) != nil
    return isPlain ? self : "'" + replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}
