import ArgumentParser
import SparseGrad

/// A method as `--methods` has it: a name, and after a colon settings by the names of `finetune`'s flags.
struct MethodSpecification {
  let text: String
  private let name: String
  private let settings: [(key: String, value: String)]

  /// Reads `full,sparsegrad:axes=model,sharing=per-block,lora`: a part with `=` that is no name with a colon
  /// belongs to the method before it.
  /// - Throws: `InputError` naming the part that cannot be read.
  static func list(_ text: String) throws -> [MethodSpecification] {
    var texts: [String] = []
    for part in text.split(separator: ",").map(String.init) {
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
      guard pair.count == 2 else {
        throw InputError("--methods", "\"\(text)\": expected settings like axes=model")
      }
      return (String(pair[0]), String(pair[1]))
    }
  }

  /// The method with a density, unless its own settings say how much of it trains.
  /// - Throws: `InputError` naming the setting that cannot be used.
  func method(_ density: Double) throws -> GLUEMethod {
    let options = try options()
    let method = options.trainingMethod
    let keys = Set(settings.map(\.key))
    guard !keys.contains("lora-alpha") || keys.contains("lora-rank") else {
      throw InputError(
        "--methods",
        "\"\(text)\": lora-alpha needs lora-rank; a rank from the density is used with scaling 1")
    }
    let isFixed = keys.contains("selected") || keys.contains("lora-rank")
    return GLUEMethod(
      text, method, base: name,
      density: isFixed ? nil : keys.contains("density") ? options.density : density,
      learningRate: try learningRate())
  }

  /// The flags that it stands for.
  /// - Throws: `InputError` naming the setting that cannot be used.
  func options() throws -> MethodOptions {
    // In a comparison methods differ in the MLP's weights only: its biases train with LoRA, too.
    var arguments = ["--method=\(name)", "--lora-bias=lora_only"]
    for (key, value) in settings where key != "learning-rate" && key != "method" {
      arguments.append(value == "true" ? "--\(key)" : "--\(key)=\(value)")
    }
    do {
      let options = try MethodOptions.parse(arguments)
      try options.trainingMethod.validate()
      return options
    } catch let error as InputError {
      throw InputError("--methods", "\"\(text)\": \(error)")
    } catch {
      throw InputError("--methods", "\"\(text)\": \(MethodOptions.message(for: error))")
    }
  }

  private func learningRate() throws -> Double? {
    try settings.last { $0.key == "learning-rate" }.map { setting in
      guard let rate = Double(setting.value), rate > 0, rate.isFinite else {
        throw InputError("--methods", "\"\(text)\": expected a positive learning rate")
      }
      return rate
    }
  }
}
