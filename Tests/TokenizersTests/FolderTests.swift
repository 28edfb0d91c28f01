import Foundation
import Support
import TestFiles
import Testing

@testable import Tokenizers

/// Folders whose small files differ, against `transformers`.
@Suite struct FolderTests {
  private struct Fixture: Decodable {
    /// One or two each.
    let texts: [[String]]
    let cases: [Case]
  }

  struct Case: Decodable, CustomTestStringConvertible {
    enum Kind: String, Decodable {
      case bert, roberta
    }

    enum Form: String, Decodable {
      case tokenizerFile = "tokenizer.json"
      case vocabulary
    }

    let kind: Kind
    let name: String
    let form: Form
    let files: [String: JSON]
    /// Sections of `tokenizer.json` that are not those of the usual file.
    let sections: [String: JSON]
    let modelMaximumLength: Int?
    /// Eight digits for each of the texts.
    let fingerprints: String

    var testDescription: String { "\(kind.rawValue), \(form.rawValue): \(name)" }
  }

  /// Any JSON, to be written into a file again.
  struct JSON: Decodable, @unchecked Sendable {
    let value: Any

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = NSNull()
      } else if let bool = try? container.decode(Bool.self) {
        value = bool
      } else if let number = try? container.decode(Int.self) {
        value = number
      } else if let number = try? container.decode(Double.self) {
        value = number
      } else if let text = try? container.decode(String.self) {
        value = text
      } else if let list = try? container.decode([JSON].self) {
        value = list.map(\.value)
      } else {
        value = try container.decode([String: JSON].self).mapValues(\.value)
      }
    }
  }

  private static let fixture = Result { try Fixtures.json("folders.json") as Fixture }

  @Test(arguments: try fixture.get().cases) func sameAsTransformers(_ example: Case) throws {
    let texts = try Self.fixture.get().texts
    try withTemporaryFolder { folder in
      try write(example, to: folder)
      let tokenizer = try Tokenizer(folder: folder)
      #expect(tokenizer.modelMaximumLength == example.modelMaximumLength)
      var expected = example.fingerprints[...]
      for text in texts {
        let pair = text.count > 1 ? text[1] : nil
        let whole = try tokenizer.encode(text[0], pair: pair)
        let cut = try tokenizer.encode(text[0], pair: pair, maxLength: 9)
        #expect(
          fingerprint([whole, cut]) == expected.prefix(8),
          "\(text): \(whole.ids.map { tokenizer.token(for: $0) ?? "?" }), \(whole.typeIds)")
        expected = expected.dropFirst(8)
      }
      #expect(expected.isEmpty)
    }
  }

  private func write(_ example: Case, to folder: URL) throws {
    func write(_ value: Any, _ name: String) throws {
      // Special tokens get their ids in the order of their keys.
      try JSONSerialization.data(withJSONObject: value, options: .sortedKeys).write(
        to: folder.appendingPathComponent(name))
    }
    func lines(_ lines: [String], _ name: String) throws {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(
        to: folder.appendingPathComponent(name))
    }
    let base = example.kind == .bert ? Fixtures.small : Fixtures.byteLevel
    let file = try JSONField(contentsOf: base)
    let vocabulary = try file.required("model").required("vocab").members().map(\.key)
    switch (example.form, example.kind) {
    case (.tokenizerFile, _):
      var object = try file.object()
      for (key, section) in example.sections {
        let text = try JSONSerialization.data(
          withJSONObject: section.value, options: .fragmentsAllowed)
        object[key] = try JSONParser.parse([UInt8](text))
      }
      try Data(JSONValue.object(object).text(.compact).utf8).write(
        to: folder.appendingPathComponent("tokenizer.json"))
    case (.vocabulary, .bert): try lines(vocabulary, "vocab.txt")
    case (.vocabulary, .roberta):
      let model = try file.required("model")
      try Data(model.required("vocab").value.text(.compact).utf8).write(
        to: folder.appendingPathComponent("vocab.json"))
      let merges = try model.required("merges").elements().map {
        try $0.elements().map { try $0.string() }.joined(separator: " ")
      }
      try lines(merges, "merges.txt")
    }
    for (name, content) in example.files { try write(content.value, name) }
  }
}
