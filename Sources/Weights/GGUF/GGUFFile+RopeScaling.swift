import Foundation
import Support

extension GGUFFile {
  /// `rope_scaling` of `config.json`, or nil when rotary positions are not scaled.
  /// - Throws: `InputError` when it is of a kind that is not known, or a value is missing.
  func ropeScaling() throws -> JSONValue? {
    let prefix = "\(try architecture()).rope.scaling."
    if let factors = tensors.first(where: { $0.info.name == GGUFNames.ropeFactors }) {
      return try ropeScaling(ofFactors: factors)
    }
    guard let kind = try metadata.text(prefix + "type"), kind != "none" else { return nil }
    guard ["linear", "yarn"].contains(kind) else {
      throw metadata.error(prefix + "type", "is \"\(kind)\", expected none, linear or yarn")
    }
    guard let factor = try metadata.number(prefix + "factor"), factor > 0 else {
      throw metadata.error(prefix + "factor", "is missing or not above 0")
    }
    var object: JSONObject = [
      "rope_type": .string(kind), "factor": .number(JSONNumber(factor)),
    ]
    if let length = try metadata.integer(prefix + "original_context_length") {
      object["original_max_position_embeddings"] = .number(JSONNumber(length))
    }
    return .object(object)
  }

  /// LLaMA 3 scales each rotary frequency by its own factor. Files hold the factors, `config.json`
  /// holds what they follow from; all published models differ in the largest factor alone.
  /// Files that are written here say so if the original length is another one than theirs, too.
  private func ropeScaling(ofFactors tensor: TensorView) throws -> JSONValue {
    let (slow, fast) = (1.0, 4.0)
    let prefix = "\(try architecture()).rope."
    let length = Double(try metadata.integer(prefix + "scaling.original_context_length") ?? 8192)
    let factors = try tensor.finiteFloats().map(Double.init)
    let base = try metadata.number(prefix + "freq_base") ?? 10000
    let factor = factors.max() ?? 0
    let agree = factors.enumerated().allSatisfy { index, found in
      let turns = length * pow(base, -Double(index) / Double(factors.count)) / (2 * .pi)
      let share = min(max((turns - slow) / (fast - slow), 0), 1)
      return abs(found * ((1 - share) / factor + share) - 1) < 1e-3
    }
    guard factor > 0, agree else {
      throw tensor.error("scales rotary frequencies in a way that is not known, expected LLaMA 3's")
    }
    return [
      "rope_type": .string("llama3"), "factor": .number(JSONNumber(factor)),
      "low_freq_factor": .number(JSONNumber(slow)), "high_freq_factor": .number(JSONNumber(fast)),
      "original_max_position_embeddings": .number(JSONNumber(Int(length))),
    ]
  }
}
