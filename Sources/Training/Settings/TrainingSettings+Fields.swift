import Foundation

extension TrainingSettings {
  /// The settings that decide a result, by name without their group and as text; those of a method as
  /// `method.density.share`.
  package func fields() throws -> [String: String] {
    var fields = ["method": method.name]
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(ofResult))
    for (key, value) in object as? [String: Any] ?? [:] where key != "version" {
      let isGroup = ["optimizer", "schedule", "data", "run"].contains(key)
      try collect(value, at: isGroup ? [] : [key], into: &fields)
    }
    return fields
  }

  private func collect(_ value: Any, at path: [String], into fields: inout [String: String]) throws
  {
    if let object = value as? [String: Any] {
      // A case without values is a text.
      if object.isEmpty, let name = path.last {
        fields[path.dropLast().joined(separator: ".")] = name
      }
      // Cases of an enumeration come as objects, their unnamed values under "_0"; which method it is has a
      // name already.
      for (key, value) in object {
        let isName = key != "_0" && key != "sparseGrad"
        try collect(value, at: path + (isName ? [key] : []), into: &fields)
      }
    } else {
      let text = try JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
      fields[path.joined(separator: ".")] = String(decoding: text, as: UTF8.self)
    }
  }
}

/// The first name whose text differs between two lists of them.
package struct NamedDifference {
  package let key: String
  /// Its text in the first list and in the second; nil where it is not there.
  package let mine: String?, theirs: String?

  /// Nil if the lists are equal.
  package init?(_ mine: [String: String], _ theirs: [String: String]) {
    let keys = Set(mine.keys).union(theirs.keys).sorted()
    guard let key = keys.first(where: { mine[$0] != theirs[$0] }) else { return nil }
    (self.key, self.mine, self.theirs) = (key, mine[key], theirs[key])
  }
}
