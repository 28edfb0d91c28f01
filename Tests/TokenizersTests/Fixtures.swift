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
}
