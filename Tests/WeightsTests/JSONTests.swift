import Foundation
import Support
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "[true,false]", "{}", "[]", "0", "-0", "-0.5e-10", "1E+2", "12345678901234567890123",
    "NaN", "-Infinity", #""\"\\\n\t\r\b\f\u0000""#, #"{"b":[{"a":""}],"a":1.0}"#, "\"größer 😀\"",
  ])
  func compactTextComesBack(_ text: String) throws {
    #expect(try parsed(text).text(.compact) == text)
  }

  @Test func readsEscapesAndSpace() throws {
    let text = " [ \"\\u00e9\\/\\ud83d\\ude00\" ,\t\r\n{ \"a\" : 1 } ] "
    let value = try parsed(text)
    #expect(value == ["é/😀", ["a": 1]])
    #expect(JSONValue.array(["é\u{7f}😀"]).text(.compact) == "[\"é\u{7f}😀\"]")
    #expect(JSONValue.string("é\u{7f}😀").text(.indented) == #""\u00e9\u007f\ud83d\ude00""#)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01", "1.",
    ".5",
    "-", "+1", "1e", "1e+", "0x1", "nul", "True", "'a'", "\"a", "\"\\x\"", "\"\\u12\"",
    "\"\\u+123\"",
    "\"\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83dx\"", "\"\n\"", "1 1", "[1]]",
    "{\"a\":1,\"a\":1}",
    "{\"\\u0061\":1,\"a\":1}",
  ])
  func refusesWhatIsNoJSON(_ text: String) {
    #expect(throws: JSONSyntaxError.self) { try parsed(text) }
  }

  @Test func numbersKeepTheirKind() throws {
    #expect(JSONNumber(1).text == "1")
    #expect(JSONNumber(1.0).text == "1.0")
    #expect(JSONNumber(1e-12).text == "1e-12")
    #expect(JSONNumber(-Double.infinity).text == "-Infinity")
    #expect(JSONNumber(1.0).integer == nil)
    #expect(JSONNumber(text: "-Infinity").double == -.infinity)
    #expect(JSONNumber(text: "NaN").double.isNaN)
    #expect(JSONNumber(text: "9223372036854775808").integer == nil)
    #expect(JSONNumber(text: "9223372036854775808").double == 0x1p63)
  }

  @Test func canonicallyEquivalentKeysAreTwo() throws {
    let (composed, decomposed) = ("\u{e9}", "e\u{301}")
    let value = try parsed(#"{"\u00e9": 1, "e\u0301": 2, "z": 3}"#)
    var object = try JSONField(file: "a.json", value: value).object()
    #expect(object.members.map(\.value) == [1, 2, 3])
    #expect(object[composed] == 1)
    #expect(object[decomposed] == 2)
    object[composed] = nil
    #expect(object[composed] == nil)
    #expect(object[decomposed] == 2)
    object["z"] = 4
    object["a"] = 5
    #expect(JSONValue.object(object).text(.compact) == "{\"\(decomposed)\":2,\"z\":4,\"a\":5}")
  }

  @Test func saysWhereAKeyStandsTwice() {
    let error = #expect(throws: JSONSyntaxError.self) { try parsed(#"{"a":1, "\u0061":1}"#) }
    #expect(error?.offset == 8)
    #expect(error?.problem == #"key "a" stands twice"#)
  }

  @Test func namesTheLineAndTheKeyPath() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a.json")
      try url.write("\u{feff}{\"a\": {\"b\": [1, {\"c\": -1, \"d\": null}]}}")
      let element = try JSONField(contentsOf: url).required("a").required("b").elements()[1]
      #expect(try element.required("c").integer() == -1)
      #expect(try element.optional("d") == nil)
      func expect(_ problem: String, _ read: () throws -> Void) {
        #expect(message(read) == "\(url.path): key \"a.b[1]\(problem)")
      }
      expect(#".d": is missing"#) { _ = try element.required("d") }
      expect(#".c": is -1, expected a whole number from 0 to 2147483646"#) {
        _ = try element.required("c").natural()
      }
      expect(##"": is {"c":-1,"d":null}, expected a list"##) { _ = try element.elements() }
      try url.write("{\n\"a\":\n1 2}")
      #expect(
        message { _ = try JSONField(contentsOf: url) }
          == "\(url.path): line 3: not JSON: expected \",\" or \"}\"")
      try Data([0x1F, 0x8B, 0x08]).write(to: url)
      #expect(
        message { _ = try JSONField(contentsOf: url) }
          == "\(url.path): is not text in UTF-8, expected JSON")
    }
  }

  private func parsed(_ text: String) throws(JSONSyntaxError) -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }
}
