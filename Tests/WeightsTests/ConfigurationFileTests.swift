import Foundation
import Support
import Testing

@testable import Weights

@Suite struct ConfigurationFileTests {
  private let bert = fixtures.appendingPathComponent("single/config.json")

  /// Nothing that this package does not know is lost or rewritten, to the byte.
  @Test func writesBackWhatTransformersWrote() throws {
    try withTemporaryFolder { folder in
      let copy = folder.appendingPathComponent("config.json")
      try ConfigurationFile(bert).write(to: copy)
      #expect(
        try String(contentsOf: copy, encoding: .utf8) == String(contentsOf: bert, encoding: .utf8))
    }
  }

  @Test func readsTypedValues() throws {
    let file = try ConfigurationFile(bert)
    #expect(try file.integer("hidden_size") == 8)
    #expect(try file.number("layer_norm_eps") == 1e-12)
    #expect(try file.number("hidden_size") == 8)
    #expect(try file.string("model_type") == "bert")
    #expect(try file.bool("use_cache"))
    #expect(try file.array("architectures") == ["BertForSequenceClassification"])
    #expect(try file.object("id2label")["2"] == "positiv / größer")
    #expect(try file.integerIfPresent("num_labels") == nil)
    #expect(try file.numberIfPresent("classifier_dropout") == nil, "null is absent")
  }

  @Test func namesTheKeyAtFault() throws {
    let file = try ConfigurationFile(bert)
    func expect(_ key: String, _ problem: String, _ read: (String) throws -> Void) {
      #expect(message { try read(key) } == "\(bert.path): key \"\(key)\": \(problem)")
    }
    expect("num_labels", "is missing") { _ = try file.integer($0) }
    expect("classifier_dropout", "is missing") { _ = try file.number($0) }
    expect("model_type", #"is "bert", expected an integer"#) { _ = try file.integer($0) }
    expect("layer_norm_eps", "is 1e-12, expected an integer") { _ = try file.integerIfPresent($0) }
    expect("use_cache", "is true, expected a number") { _ = try file.number($0) }
    expect("hidden_size", "is 8, expected a text") { _ = try file.string($0) }
    expect("type_vocab_size", "is 2, expected true or false") { _ = try file.bool($0) }
    expect("hidden_act", #"is "gelu", expected a list"#) { _ = try file.array($0) }
    expect("hidden_act", #"is "gelu", expected an object"#) { _ = try file.object($0) }
  }

  @Test func changesOnlyWhatIsSet() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("config.json")
      try url.write(#"{"z": 1.0, "b": 1E-5, "a": 9007199254740993, "c": [true, null, {}], "d": 1}"#)
      var file = try ConfigurationFile(url)
      file["num_labels"] = 2
      file["id2label"] = ["0": "no", "1": "yes"]
      file["rate"] = 5e-5
      file["d"] = nil
      try file.write(to: url)
      #expect(
        try String(contentsOf: url, encoding: .utf8) == """
          {
            "a": 9007199254740993,
            "b": 1E-5,
            "c": [
              true,
              null,
              {}
            ],
            "id2label": {
              "0": "no",
              "1": "yes"
            },
            "num_labels": 2,
            "rate": 5e-05,
            "z": 1.0
          }

          """)
    }
  }

  @Test func refusesWhatIsNoObject() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("config.json")
      #expect(message { _ = try ConfigurationFile(url) } == "\(url.path): no such file")
      try url.write("[1]")
      #expect(message { _ = try ConfigurationFile(url) } == "\(url.path): expected a JSON object")
      try url.write("{\"a\": 1,\n\"b\": tru}")
      #expect(
        message { _ = try ConfigurationFile(url) }
          == "\(url.path): line 2: not JSON: expected a value")
      #expect(
        message { _ = try ConfigurationFile(folder) }
          == "\(folder.path): is a folder, expected a file")
    }
  }
}
