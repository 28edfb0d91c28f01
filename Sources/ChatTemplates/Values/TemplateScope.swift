/// Names and their values, inside of others.
final class TemplateScope {
  private var values: [String: TemplateValue] = [:]
  private let outside: TemplateScope?

  init(inside outside: TemplateScope?) { self.outside = outside }

  func value(of name: String) -> TemplateValue? {
    var scope: TemplateScope? = self
    while let current = scope {
      if let value = current.values[name] { return value }
      scope = current.outside
    }
    return nil
  }

  func set(_ name: String, _ value: TemplateValue) { values[name] = value }
}
