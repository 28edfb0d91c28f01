import ArgumentParser
import SparseGrad

/// A method as `--methods` has it: a name, and after a colon settings by the names of `finetune`'s flags.
struct MethodSpecification {
  let text: String
  private let name: String
  private let settings: [(key: String, value: String)]

  /// Reads `full,sparsegrad:axes=hidden,sharing=per-block,lora`: a part with `=` that is no name with a colon
  /// belongs to the method before it. A value has no commas; names of modules have plus signs between them.
  /// - Throws: `InputError` naming the part that cannot be read.
  static func list(_ text: String) throws -> [MethodSpecification] {
    var texts: [String] = []
    for part in CommaSeparatedText.parts(of: text) {
      guard !part.isEmpty else { throw InputError("--methods", "expected a method") }
      if part.contains("="), !part.contains(":"), let last = texts.popLast() {
        texts.append(last + (last.contains(":") ? "," : ":") + part)
      } else {
        texts.append(part)
      }
    }
    return try texts.map(MethodSpecification.init)
  }

  private init(_ text: String) throws {
    self.text = text
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    settings = try parts.dropFirst().flatMap { $0.split(separator: ",") }.map { setting in
      let pair = setting.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0] != "method" else {
        throw InputError("--methods", "\"\(text)\": expected settings like axes=hidden")
      }
      return (String(pair[0]), String(pair[1]))
    }
    let again = Dictionary(grouping: settings.map(\.key), by: \.self).filter { $1.count > 1 }.keys
    if let key = again.min() { throw error("\(key) is there twice") }
  }

  /// The method with a density, unless its own settings say how much of it trains.
  /// - Throws: `InputError` naming the setting that cannot be used.
  func method(_ density: Double = 0.01) throws -> GLUEMethod {
    let method = try options().trainingMethod
    let keys = Set(settings.map(\.key))
    guard !keys.contains("lora-alpha") || keys.contains("lora-rank") else {
      throw error("lora-alpha needs lora-rank; with a rank from the density it is that rank")
    }
    guard !keys.isSuperset(of: ["density", "lora-rank"]) else {
      throw error("density and lora-rank exclude each other")
    }
    let isFixed = keys.contains("selected") || keys.contains("lora-rank")
    return GLUEMethod(
      text, method, base: name,
      density: isFixed ? nil : try number("density", upTo: 1) ?? density,
      learningRate: try number("learning-rate", upTo: .greatestFiniteMagnitude))
  }

  /// The flags that it stands for.
  private func options() throws -> MethodOptions {
    var arguments = ["--method=\(name)"]
    // In a comparison methods differ in the MLP's weights only: its biases train with LoRA, too.
    if name == MethodName.lora.rawValue { arguments.append("--lora-bias=lora_only") }
    for (key, value) in settings where !isOwn(key) {
      arguments.append(value == "true" ? "--\(key)" : "--\(key)=\(value)")
    }
    do {
      let options = try MethodOptions.parse(arguments)
      try options.trainingMethod.validate()
      return options
    } catch let error as InputError {
      throw self.error("\(error)")
    } catch {
      throw self.error(MethodOptions.message(for: error))
    }
  }

  /// Whether a setting is none of `MethodOptions`: its rate, and the density that LoRA's rank is found from.
  private func isOwn(_ key: String) -> Bool {
    key == "learning-rate"
      || key == "density" && name == MethodName.lora.rawValue
  }

  /// A positive number of the settings, if it is there.
  private func number(_ key: String, upTo most: Double) throws -> Double? {
    try settings.last { $0.key == key }.map { setting in
      guard let number = Double(setting.value), number > 0, number <= most else {
        throw error("\(key): expected a positive number" + (most == 1 ? ", at most 1" : ""))
      }
      return number
    }
  }

  private func error(_ problem: String) -> InputError {
    InputError("--methods", "\"\(text)\": \(problem)")
  }
}
