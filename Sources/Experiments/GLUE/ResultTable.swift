/// A table of text, to be read by people (Markdown) or by programs (CSV).
public struct ResultTable: Equatable, Sendable {
  /// What stands above it.
  public let title: String
  /// The names of the columns.
  public let columns: [String]
  /// The rows, each as long as `columns`.
  public let rows: [[String]]

  /// GitHub's form, with the columns lined up.
  public var markdown: String {
    let cells = ([columns] + rows).map { $0.map { $0.replacing("|", with: "\\|") } }
    let widths = columns.indices.map { column in
      cells.reduce(3) { max($0, $1[column].count) }
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return "| " + padded.joined(separator: " | ") + " |\n"
    }
    let rule = line(widths.map { String(repeating: "-", count: $0) })
    return "### \(title)\n\n" + line(cells[0]) + rule + cells.dropFirst().map(line).joined()
  }

  /// RFC 4180, without the title.
  public var csv: String {
    ([columns] + rows).map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
