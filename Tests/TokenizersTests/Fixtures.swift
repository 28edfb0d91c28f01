import Foundation
import TestFiles
import Testing
import Tokenizers

/// Files beside the tests, and the tokenizers in them.
enum Fixtures {
  static let project = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let folder = project.appendingPathComponent("Tests/Fixtures/tokenizers")
  static let small = folder.appendingPathComponent("small/tokenizer.json")
  static let byteLevel = folder.appendingPathComponent("byte-level/tokenizer.json")

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  static func json<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(text(name).utf8))
  }

  /// The tokenizer in a file with this text.
  static func tokenizer(_ text: String) throws -> Tokenizer {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("tokenizer.json")
      try text.write(to: file, atomically: false, encoding: .utf8)
      return try Tokenizer(contentsOf: file)
    }
  }

  /// A tokenizer with other sections.
  /// - Parameters:
  ///   - header: all members of the file before the model.
  ///   - file: where the model is taken from.
  ///   - replacements: pairs of old and new text in the model.
  static func tokenizer(
    header: String, modelOf file: String, _ replacements: [[String]]
  ) throws -> Tokenizer {
    let whole = try text(file)
    let start = try #require(whole.range(of: "\"model\":")).lowerBound
    var model = String(whole[start...])
    for replacement in replacements {
      let range = try #require(model.range(of: replacement[0]))
      model.replaceSubrange(range, with: replacement[1])
    }
    return try tokenizer("{" + header + "," + model)
  }
}
