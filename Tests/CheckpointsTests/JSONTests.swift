import Testing

@testable import Checkpoints

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "[true,false]", "{}", "[]", "0", "-0", "-0.5e-10", "1E+2", "12345678901234567890123",
    "NaN", "-Infinity", #""\"\\\n\t\r\b\f\u0000""#, #"{"b":[{"a":""}],"a":1.0}"#, "\"größer 😀\"",
  ])
  func compactTextComesBack(_ text: String) throws {
    #expect(try JSONParser.parse(Array(text.utf8)).text(.compact) == text)
  }

  @Test func readsEscapesAndSpace() throws {
    let text = " [ \"\\u00e9\\/\\ud83d\\ude00\" ,\t\r\n{ \"a\" : 1 } ] "
    let value = try JSONParser.parse(Array(text.utf8))
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
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(Array(text.utf8)) }
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
}
