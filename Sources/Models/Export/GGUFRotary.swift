import Foundation
import Support
import Weights

/// How a GGUF file says what a model's rotary positions are.
struct GGUFRotary {
  private(set) var metadata: [GGUFWriter.Entry]
  /// The divisors of LLaMA 3's frequencies, as a tensor; else none.
  private(set) var factors: [NamedTensor] = []

  /// - Throws: `InputError` naming the key that such files have no place for.
  init(_ file: ConfigurationFile, _ shape: DecoderConfiguration, architecture: String) throws {
    let settings = try RotarySettings(file)
    let (theta, size) = (try settings.theta(), shape.heads.size)
    func key(_ name: String) -> String { "\(architecture).rope.\(name)" }
    metadata = [
      (key("dimension_count"), .count(size)), (key("freq_base"), .float32(Float(theta))),
    ]
    func length() throws -> Int {
      let value =
        try settings.positiveIfPresent("original_max_position_embeddings")
        ?? Double(shape.maximumPositions)
      guard let length = Int(exactly: value) else {
        throw settings.error("original_max_position_embeddings", "an integer")
      }
      return length
    }
    switch try settings.kind() {
    // The dynamic kind changes sequences beyond `max_position_embeddings` only.
    case .plain, .dynamic: break
    case .linear:
      metadata += [
        (key("scaling.type"), .string("linear")),
        (key("scaling.factor"), .float32(Float(try settings.positive("factor")))),
      ]
    case .yarn:
      let (factor, length) = (try settings.positive("factor"), try length())
      try Self.checkYaRN(shape, theta, factor, length, settings)
      metadata += [
        (key("scaling.type"), .string("yarn")), (key("scaling.factor"), .float32(Float(factor))),
        (key("scaling.original_context_length"), .count(length)),
      ]
    case .llama3:
      guard architecture == ModelType.llama.rawValue else {
        throw settings.error(
          "rope_type", "default, linear or yarn in a GGUF file of \(architecture)")
      }
      for (name, value) in [("low_freq_factor", 1.0), ("high_freq_factor", 4.0)]
      where try settings.positive(name) != value {
        throw settings.error(name, "\(Int(value)), as all published models have it")
      }
      if try length() != 8192 {
        metadata.append((key("scaling.original_context_length"), .count(try length())))
      }
      let divisors = shape.rotary.frequencies.enumerated().map { index, frequency in
        Float(pow(theta, -2 * Double(index) / Double(size)) / frequency)
      }
      factors = [NamedTensor(GGUFNames.ropeFactors, shape: [size / 2], divisors)]
    }
  }

  /// Such files hold YaRN's factor and length; the rest is as it usually is.
  private static func checkYaRN(
    _ shape: DecoderConfiguration, _ theta: Double, _ factor: Double, _ length: Int,
    _ settings: RotarySettings
  ) throws {
    let usual = ConfigurationFile(
      [
        "rope_theta": .number(JSONNumber(theta)),
        "rope_scaling": [
          "rope_type": "yarn", "factor": .number(JSONNumber(factor)),
          "original_max_position_embeddings": .number(JSONNumber(length)),
        ],
      ], at: URL(fileURLWithPath: "config.json"))
    let read = try RotaryConfiguration(
      usual, headSize: shape.heads.size, positions: shape.maximumPositions)
    guard read.frequencies == shape.rotary.frequencies, read.scale == shape.rotary.scale else {
      throw settings.error(
        "rope_type", "no settings of yarn but factor and original_max_position_embeddings")
    }
  }
}
