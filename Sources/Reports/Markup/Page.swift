import Foundation
import Support

/// A page that is one file: nothing is loaded, and nothing but its own script runs.
struct Page {
  let title: String
  let sections: [PageSection]

  /// The bytes of the file.
  /// - Throws: `InputError` when there is no library for digests.
  func data() throws -> Data {
    let head: [HTML] = [
      .element("meta", ["charset": "utf-8"]),
      .element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .element("meta", ["http-equiv": "Content-Security-Policy", "content": try policy()]),
      .element("meta", ["name": "color-scheme", "content": "light dark"]),
      .element("title", [:], .text(title)), .element("style", [:], .verbatim(PageStyle.text)),
    ]
    let places = sections.enumerated().map { ("section-\($0 + 1)", $1) }
    let contents = HTML.element(
      "nav", ["aria-label": "Contents"],
      .element(
        "ul", [:],
        .list(
          places.map { place, section in
            .element("li", [:], .element("a", ["href": "#\(place)"], .text(section.title)))
          })))
    let body: [HTML] = [
      .element("a", ["class": "skip", "href": "#content"], "Skip to the content"),
      .element(
        "header", [:], .element("h1", [:], .text(title)), sections.count > 1 ? contents : .list([])),
      .element(
        "main", ["id": "content"],
        .list(
          places.map { place, section in
            .element(
              "section", ["id": place, "aria-labelledby": "\(place)-title"],
              .element("h2", ["id": "\(place)-title"], .text(section.title)),
              .list(section.content))
          })),
      .element("script", [:], .verbatim(PageScript.text)),
    ]
    let page = HTML.element(
      "html", ["lang": "en"], .element("head", [:], .list(head)), .element("body", [:], .list(body))
    )
    return Data(("<!DOCTYPE html>\n" + page.markup + "\n").utf8)
  }

  /// Whatever a text might become by a mistake of ours, a browser runs no script that is not the page's.
  private func policy() throws -> String {
    let hash = try SHA256()
    try hash.update(PageScript.text.description)
    let digits = Array(try hash.finish().utf8)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    return
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(Data(bytes).base64EncodedString())'; base-uri 'none'; form-action 'none'"
  }
}
