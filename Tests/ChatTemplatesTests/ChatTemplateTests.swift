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
          #expect(found.text == text, "\(name) \(index)")
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
        case .success(let found): #expect(found.text == text, "\(source)")
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
    ("{{ messages[0].role }}", "t: chat template, line 1: \"0\" is undefined: it has no \"role\""),
  ])
  func errors(_ source: String, _ message: String) throws {
    let error = #expect(throws: InputError.self) {
      try ChatTemplate(source, name: "t").render([])
    }
    #expect(error?.description == message)
  }

  /// Nothing that a template does is without bound.
  @Test(arguments: [
    String(repeating: "{{ (", count: 5000), "{{ " + String(repeating: "(", count: 5000),
    "{{ " + String(repeating: "-", count: 100_000) + "1 }}",
    "{{ 1" + String(repeating: " + 1", count: 100_000) + " }}",
    "{{ x" + String(repeating: ".a", count: 5000) + " }}",
    String(repeating: "{% if true %}", count: 5000),
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(s='aaaaaaaaaa') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{{ 'a' * 999999999999 }}", "{{ 9223372036854775807 + 1 }}", "{{ 10 ** 999 }}",
    "{{ 99999999999999999999 }}",
    "{{ 'ab'|replace('a', 'b' * 10000000)|replace('b', 'a' * 10000000) }}",
  ])
  func bounds(_ source: String) {
    #expect(throws: InputError.self) { try ChatTemplate(source, name: "t").render([]) }
  }
}
