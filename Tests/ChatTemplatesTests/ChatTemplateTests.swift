import Foundation
import Support
import Testing

@testable import ChatTemplates

/// Texts, and what is an error, as Jinja and `transformers` have it (see Fixtures/generate/chat_templates.py).
@Suite struct ChatTemplateTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/chat")

  private static func read(_ name: String) throws -> JSONField {
    try JSONField(contentsOf: folder.appendingPathComponent(name))
  }

  private func generated(_ field: JSONField) throws -> [Range<Int>] {
    try field.required("generated").elements().map { range in
      let ends = try range.elements().map { try $0.integer() }
      return ends[0]..<ends[1]
    }
  }

  @Test func publishedFormats() throws {
    var (texts, errors) = (0, 0)
    for entry in try Self.read("templates.json").elements() {
      let name = try entry.required("name").string()
      let template = try ChatTemplate(entry.required("template").string(), name: name)
      let variables = try Dictionary(
        uniqueKeysWithValues: entry.required("variables").object().members.map {
          ($0.key, $0.value)
        })
      for (index, field) in try entry.required("cases").elements().enumerated() {
        let messages = try field.required("messages").elements().map { try $0.object() }
        let ending: ChatTemplate.Ending =
          try field.required("generation_prompt").bool() ? .generationPrompt : .none
        let result = Result {
          try template.render(messages, ending: ending, variables: variables)
        }
        if let text = try field.optional("text")?.string() {
          let found = try result.get()
          #expect(found.text.utf8.elementsEqual(text.utf8), "\(name) \(index)")
          #expect(try found.generated == generated(field), "\(name) \(index)")
          texts += 1
        } else {
          #expect(throws: InputError.self, "\(name) \(index)") { try result.get() }
          errors += 1
        }
      }
    }
    #expect(texts > 150 && errors > 10)
  }

  @Test func snippets() throws {
    let file = try Self.read("snippets.json")
    let variables = try file.required("variables").object().members.map {
      ($0.key, $0.value)
    }
    for field in try file.required("snippets").elements() {
      let source = try field.required("template").string()
      let result = Result {
        try ChatTemplate(source, name: "t").render(
          [], variables: Dictionary(uniqueKeysWithValues: variables))
      }
      if let text = try field.optional("text")?.string() {
        switch result {
        case .success(let found):
          // Not by ==, which takes other characters for the same.
          #expect(found.text.utf8.elementsEqual(text.utf8), "\(source): \(found.text)")
          #expect(try found.generated == generated(field), "\(source)")
        case .failure(let error): Issue.record("\(source): \(error)")
        }
      } else {
        #expect(throws: InputError.self, "\(source)") { try result.get() }
      }
    }
  }

  /// Errors say where they are and what is not known.
  @Test(arguments: [
    ("a\n{% tool %}", "t: chat template, line 2: the statement \"tool\" is not supported"),
    ("\n\n{{ x|nothing }}", "t: chat template, line 3: the filter \"nothing\" is not supported"),
    (
      "{% if true %}",
      "t: chat template, line 1: a block is not closed, expected elif or else or endif"
    ),
    (
      "{{ raise_exception('no tools') }}",
      "t: chat template, line 1: the template refuses this: no tools"
    ),
    (
      "{{ messages[0].role }}",
      "t: chat template, line 1: \"item 0\" is undefined: it has no \"role\""
    ),
  ])
  func errors(_ source: String, _ message: String) throws {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(source, name: "t").render([])
    }
    #expect(error?.description == message)
  }

  /// What Jinja has and is not known here is named.
  @Test(arguments: [
    ("{% block a %}{% endblock %}", "the statement \"block\""),
    ("{% include 'x' %}", "the statement \"include\""),
    ("{% for x in [1] recursive %}{% endfor %}", "a recursive loop"),
    ("{{ 'x'|e }}", "the filter \"e\""),
    ("{{ [1]|groupby('a') }}", "the filter \"groupby\""),
    ("{{ 1 is escaped }}", "the test \"escaped\""),
    ("{{ [1]|map('batch')|list }}", "the filter \"batch\""),
    ("{{ [1]|select('escaped')|list }}", "the test \"escaped\""),
    ("{{ 'a'.zfill(3) }}", "the method \"zfill\""), ("{{ '%s' % 1 }}", "\"%\" of a text"),
    ("{{ joiner(', ') }}", "\"joiner\""), ("{{ '\\N{BULLET}' }}", "a character by its name"),
    ("{{ range(9)[1:] }}", "a slice of a range"),
  ])
  func unsupported(_ source: String, _ construct: String) throws {
    let error = #expect(throws: InputError.self) { try ChatTemplate(source, name: "t").render([]) }
    #expect(error?.problem == "\(construct) is not supported")
  }

  @Test func variablesGoBeforeWhatIsGivenToAll() throws {
    let template = try ChatTemplate("{{ tools }} {{ documents }} {{ x }}", name: "t")
    let result = try template.render([], variables: ["tools": .string("some"), "x": .bool(true)])
    #expect(result.text == "some None True")
  }

  @Test func theDateIsWritten() throws {
    let template = try ChatTemplate("{{ strftime_now('%d %b %Y') }}", name: "t")
    let noon = Date(timeIntervalSince1970: 951_825_600)
    #expect(try template.render([], now: noon).text == "29 Feb 2000")
  }
}
