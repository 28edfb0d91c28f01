/// A value behind a reference. Such values may hold each other in rings and in chains of any length, so a run lets go of
/// what they hold when it ends.
protocol TemplateObject: AnyObject {
  func release()
}

/// What `namespace(...)` makes.
final class TemplateNamespace: TemplateObject {
  var values = TemplateDictionary()

  func release() { values = TemplateDictionary() }
}

/// Values that can be gone through once.
final class TemplateIterator: TemplateObject {
  private var elements: ArraySlice<TemplateValue>

  init(_ elements: [TemplateValue]) { self.elements = elements[...] }

  /// What has not been gone through.
  func rest() -> [TemplateValue] {
    defer { elements = [] }
    return Array(elements)
  }

  /// The next one.
  func next() -> TemplateValue? { elements.popFirst() }

  func release() { elements = [] }
}

/// What `loop` is.
final class TemplateLoopState: TemplateObject {
  private var elements: [TemplateValue]
  /// The turn that runs, counted from 0.
  var index = 0
  /// What `loop.changed` was given last.
  var seen: TemplateValue?

  init(_ elements: [TemplateValue]) { self.elements = elements }

  /// What it tells of the turn.
  subscript(name: String) -> TemplateValue? {
    let count = elements.count
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(count - index)
    case "revindex0": return .integer(count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == count - 1)
    case "length": return .integer(count)
    // Only recursive loops, which are not known, would be deeper.
    case "depth": return .integer(1)
    case "depth0": return .integer(0)
    case "previtem": return neighbour(index - 1, "there is no previous item")
    case "nextitem": return neighbour(index + 1, "there is no next item")
    default: return nil
    }
  }

  var count: Int { elements.count }

  private func neighbour(_ place: Int, _ missing: String) -> TemplateValue {
    elements.indices.contains(place) ? elements[place] : .undefined(missing)
  }

  func release() {
    elements = []
    seen = nil
  }
}

/// A macro, and where it finds the names that are not its own.
final class TemplateClosure: TemplateObject {
  let macro: TemplateMacro
  private(set) var scope: TemplateScope?

  init(_ macro: TemplateMacro, _ scope: TemplateScope) {
    self.macro = macro
    self.scope = scope
  }

  func release() { scope = nil }
}

/// A method of a value, not called yet.
final class TemplateMethod: TemplateObject {
  private(set) var owner: TemplateValue
  let name: String

  init(_ name: String, of owner: TemplateValue) {
    self.name = name
    self.owner = owner
  }

  func release() { owner = .none }
}
