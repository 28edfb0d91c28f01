import Foundation

/// Runs a template: what is written, and how far its work may go.
final class TemplateRun {
  /// What `strftime_now` takes for now.
  let now: Date
  private(set) var output = ""
  private var outputBytes = 0
  /// What generation blocks wrote, in UTF-8 bytes of the output.
  private(set) var generated: [Range<Int>] = []
  private var steps = 0
  private var depth = 0
  private var calls = 0
  /// How many texts that are no part of the output are being made.
  private var captures = 0
  private var objects: [any TemplateObject] = []

  init(now: Date) { self.now = now }

  /// Lets go of all values.
  func end() {
    for object in objects { object.release() }
    objects = []
  }

  /// Remembers a value that may be part of a ring.
  func kept<Object: TemplateObject>(_ object: Object) -> Object {
    objects.append(object)
    return object
  }

  // MARK: Limits

  /// Counts what is done.
  /// - Parameter weight: how many steps it stands for.
  func step(_ line: Int, weight: Int = 1) throws {
    steps += weight
    guard steps <= TemplateLimit.steps else {
      throw TemplateProblem(line: line, message: "takes more than \(TemplateLimit.steps) steps")
    }
  }

  /// Counts a text that is looked at or copied.
  func step(_ line: Int, text: String) throws { try step(line, weight: text.utf8.count / 32) }

  /// Evaluates what may lie inside of itself.
  func nested<Result>(_ line: Int, _ body: () throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    try step(line)
    guard depth <= TemplateLimit.depth else {
      throw TemplateProblem(
        line: line, message: "works at more than \(TemplateLimit.depth) things inside of each other"
      )
    }
    return try body()
  }

  /// Runs the body of a macro.
  func called<Result>(_ line: Int, _ body: () throws -> Result) throws -> Result {
    calls += 1
    defer { calls -= 1 }
    guard calls <= TemplateLimit.calls else {
      throw TemplateProblem(
        line: line, message: "calls macros more than \(TemplateLimit.calls) deep")
    }
    return try body()
  }

  /// A text that was made.
  func text(_ text: String, _ line: Int) throws -> TemplateValue {
    try step(line, text: text)
    try check(bytes: text.utf8.count, line)
    return .text(text)
  }

  /// Refuses a text before it is made.
  func check(bytes: Int, _ line: Int) throws {
    guard bytes <= TemplateLimit.bytes else {
      throw TemplateProblem(
        line: line, message: "makes a text of more than \(TemplateLimit.bytes >> 20) MiB")
    }
  }

  /// A list that was made.
  func list(_ elements: [TemplateValue], _ line: Int) throws -> TemplateValue {
    try list(elements, .list, line)
  }

  /// A list, or another of Python's sequences, that was made.
  func list(
    _ elements: [TemplateValue], _ kind: TemplateList.Kind, _ line: Int
  ) throws -> TemplateValue {
    try check(elements: elements.count, line)
    let list = TemplateList(elements, kind)
    try check(nesting: list.depth, line)
    return .list(list)
  }

  /// Counts the elements of a list that is made or gone through.
  func check(elements count: Int, _ line: Int) throws {
    try step(line, weight: count / 2)
    guard count <= TemplateLimit.elements else {
      throw TemplateProblem(
        line: line, message: "makes a list of more than \(TemplateLimit.elements) elements")
    }
  }

  func check(nesting depth: Int, _ line: Int) throws {
    guard depth <= TemplateLimit.nesting else {
      throw TemplateProblem(
        line: line, message: "nests values more than \(TemplateLimit.nesting) deep")
    }
  }

  // MARK: Output

  func write(_ text: String, _ line: Int) throws {
    output += text
    outputBytes += text.utf8.count
    guard outputBytes <= TemplateLimit.bytes else {
      throw TemplateProblem(
        line: line, message: "writes more than \(TemplateLimit.bytes >> 20) MiB")
    }
  }

  /// What statements write, as a text.
  func captured(_ body: () throws -> Void) throws -> String {
    let (before, bytes) = (output, outputBytes)
    (output, outputBytes) = ("", 0)
    captures += 1
    defer {
      captures -= 1
      (output, outputBytes) = (before, bytes)
    }
    try body()
    return output
  }

  /// Notes what statements write as generated.
  func marked(_ body: () throws -> Void) throws {
    let start = outputBytes
    try body()
    if captures == 0 { generated.append(start..<outputBytes) }
  }
}
