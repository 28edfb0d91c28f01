import Support
import Testing

@testable import ChatTemplates

/// Nothing that a template does is without bound.
@Suite struct TemplateBoundTests {
  @Test(arguments: [
    String(repeating: "{{ (", count: 5000), "{{ " + String(repeating: "(", count: 5000),
    "{{ " + String(repeating: "-", count: 100_000) + "1 }}",
    "{{ 1" + String(repeating: " + 1", count: 100_000) + " }}",
    "{{ x" + String(repeating: ".a", count: 5000) + " }}",
    "{{ 1" + String(repeating: " is number", count: 5000) + " }}",
    "{{ 1" + String(repeating: " if 1 else 1", count: 5000) + " }}",
    "{% for " + String(repeating: "(", count: 5000) + " %}",
    String(repeating: "{% if true %}", count: 5000),
  ])
  func syntax(_ source: String) { refused(source) }

  @Test(arguments: [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(n) %}{{ m(n)|int" + String(repeating: " + n", count: 390)
      + " }}{% endmacro %}{{ m(1) }}",
    "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for i in range(99999) %}{% if -1 in range(99999) %}{% endif %}{% endfor %}",
    "{% set l = range(50000)|list %}{% for i in range(99999) %}{% set k = l + l %}{% endfor %}",
    "{% set l = range(99999)|list %}{% for i in range(99999) %}{% set k = l|sort %}{% endfor %}",
  ])
  func work(_ source: String) { refused(source) }

  @Test(arguments: [
    "{% set ns = namespace(s='aaaaaaaaaa') %}{% for a in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(s=[1]) %}{% for a in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{{ 'a' * 999999999999 }}", "{{ [1] * 999999999999 }}", "{{ 'ab' * 9223372036854775807 }}",
    "{{ 'ab'|replace('a', 'b' * 10000000)|replace('b', 'a' * 10000000) }}",
    "{{ ('a' * 100000)|replace('', 'b' * 100000) }}", "{{ ('b' * 1000000).join(['a'] * 90000) }}",
    "{{ ('a\\n' * 100000)|indent(1000) }}", "{{ ('a' * 1000000)|list }}",
    "{{ range(100001) }}", "{{ range(-9223372036854775807, 9223372036854775807) }}",
    "{{ [1]|tojson(indent=1000000) }}", "{{ strftime_now('%99999Y' * 1000) }}",
  ])
  func sizes(_ source: String) { refused(source) }

  /// Lists that hold the same list twice, lists that hold each other, and what holds itself.
  @Test(arguments: [
    "{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
    "{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}",
    "{% for i in range(40) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
    "{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
    "{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}",
    "{% for i in range(9999) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
    "{% for i in range(9999) %}{% set ns.x = namespace(x=ns.x) %}{% endfor %}{{ ns }}",
    "{% set ns.x = ns %}{{ ns }}", "{% set ns.x = [ns] %}{{ ns.x }}",
  ])
  func values(_ source: String) { refused("{% set ns = namespace(x=1, y=1) %}" + source) }

  @Test(arguments: [
    "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}", "{{ 10 ** 999 }}",
    "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
    "{{ (-9223372036854775807 - 1)|abs }}", "{{ 9223372036854775807 * 2 }}",
    "{{ 99999999999999999999 }}", "{{ 1e300|int }}", "{{ 9223372036854775807|round(-1) }}",
    "{{ 2.0 ** 99999 }}", "{{ 0 ** -1 }}", "{{ [1, 9223372036854775807]|sum }}",
  ])
  func numbers(_ source: String) { refused(source) }

  /// What goes to the ends of the integers and is right.
  @Test(arguments: [
    ("{{ (-9223372036854775807 - 1) % -1 }}", "0"), ("{{ 'abc'[::9223372036854775807] }}", "a"),
    ("{{ 'abc'[::-9223372036854775807] }}", "c"), ("{{ 1 ** 9223372036854775807 }}", "1"),
    ("{{ 'abc'[-9223372036854775807:9223372036854775807] }}", "abc"),
    ("{{ range(0, 9223372036854775807, 9223372036854775807)|list }}", "[0]"),
    ("{{ [1][9223372036854775807] is defined }}", "False"), ("{{ 1.5|round(999999999) }}", "1.5"),
    ("{{ 'aaa'.replace('a', 'b', 9223372036854775807) }}", "bbb"),
    ("{{ 5|round(-9223372036854775807) }}", "0"),
    ("{{ 'abc'.find('c', -9223372036854775807) }}", "2"),
  ])
  func extremes(_ source: String, _ text: String) throws {
    #expect(try ChatTemplate(source, name: "t").render([]).text == text)
  }

  /// Long chains of values are let go of without recursion.
  @Test(arguments: [
    "{% for i in range(20000) %}{% set ns.x = namespace(x=ns.x) %}{% endfor %}",
    "{% for i in range(20000) %}{% set ns.x = [ns.x]|select %}{% endfor %}",
    "{% macro m(f) %}{% macro g() %}{{ f }}{% endmacro %}{% set ns.x = g %}{% endmacro %}"
      + "{% for i in range(20000) %}{{ m(ns.x) }}{% endfor %}",
  ])
  func chains(_ source: String) throws {
    let template = try ChatTemplate("{% set ns = namespace(x=1) %}" + source + "ok", name: "t")
    #expect(try template.render([]).text == "ok")
  }

  private func refused(_ source: String) {
    #expect(throws: InputError.self) { try ChatTemplate(source, name: "t").render([]) }
  }
}
