import Foundation

/// What functions do.
extension TemplateRun {
  func call(
    _ function: TemplateFunction, _ given: TemplateArguments
  ) throws -> TemplateValue {
    let line = given.line
    switch function {
    case .raise:
      let message = try given.bound("message", required: 1)[0] ?? .none
      throw TemplateProblem(
        line: line, message: "the template refuses this: \(try text(of: message, line))")
    case .strftime:
      return try text(
        formatted(given.text(given.bound("format", required: 1)[0]) ?? "", line), line)
    case .namespace:
      let namespace = kept(TemplateNamespace())
      for (key, value) in try members(given).members {
        try set(text(of: key, line), of: namespace, value, line)
      }
      return .namespace(namespace)
    case .dict: return .dictionary(try members(given))
    case .range: return try range(given)
    }
  }

  /// What Python's `dict` makes of a dictionary or of pairs, and of names.
  private func members(_ given: TemplateArguments) throws -> TemplateDictionary {
    let line = given.line
    var result = TemplateDictionary()
    guard given.values.count <= 1 else { throw given.problem("takes at most one value") }
    switch given.values.first {
    case nil: break
    case .dictionary(let dictionary)?:
      try check(elements: dictionary.members.count, line)
      result = dictionary
    case let pairs?:
      for pair in try elements(of: pairs, line) {
        let parts = try elements(of: pair, line)
        guard parts.count == 2 else { throw given.problem("expects pairs") }
        result.set(try key(parts[0], line), parts[0], parts[1])
      }
    }
    for (name, value) in given.named { result.set(name, value) }
    try check(nesting: result.depth, line)
    return result
  }

  private func range(_ given: TemplateArguments) throws -> TemplateValue {
    let numbers = try given.positional(1...3).compactMap { try given.integer($0) }
    let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw given.problem("has a step of 0") }
    guard (Double(end) - Double(start)) / Double(step) <= Double(TemplateLimit.elements) else {
      throw given.problem("makes more than \(TemplateLimit.elements) numbers")
    }
    let numbersOfRange = stride(from: start, to: end, by: step).map { TemplateValue.integer($0) }
    return try list(numbersOfRange, .range(from: start, to: end, by: step), given.line)
  }

  private func formatted(_ format: String, _ line: Int) throws -> String {
    guard format.utf8.count <= 256 else {
      throw TemplateProblem(line: line, message: "a format of a date is longer than 256 bytes")
    }
    var time = time_t(now.timeIntervalSince1970)
    var parts = tm()
    localtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 1 << 14)
    let count = strftime(&buffer, buffer.count, format, &parts)
    return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
