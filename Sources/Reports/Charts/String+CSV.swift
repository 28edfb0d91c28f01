import Foundation

extension String {
  /// As a field of a CSV file.
  var asCSV: String { "\"\(replacingOccurrences(of: "\"", with: "\"\""))\"" }
}
