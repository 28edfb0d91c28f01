import Foundation
import Layers
import Support
import Weights

/// The rotary positions that `config.json` describes: `rope_theta` with `rope_scaling`, or both in `rope_parameters`
/// as newer versions of `transformers` write it. Where both are there, `rope_scaling` stands, as it does there: that is
/// how a longer context is asked for.
struct RotaryConfiguration {
  /// The angle of each pair of columns from one position to the next, in radians.
  private(set) var frequencies: [Double]
  /// What turned vectors are multiplied by.
  private(set) var scale = 1.0

  /// - Parameters:
  ///   - headSize: the columns of a head; an even number.
  ///   - positions: `max_position_embeddings`.
  /// - Throws: `InputError` naming the key that cannot be used.
  init(_ file: ConfigurationFile, headSize: Int, positions: Int) throws {
    let settings = try RotarySettings(file)
    let theta = try settings.theta()
    frequencies = (0..<headSize / 2).map { pow(theta, -2 * Double($0) / Double(headSize)) }
    switch try settings.kind() {
    // The dynamic kind changes sequences beyond `max_position_embeddings` only, which are not read.
    case .plain, .dynamic: break
    case .linear:
      let factor = try settings.positive("factor")
      frequencies = frequencies.map { $0 / factor }
    case .llama3: try scaleByWavelength(settings)
    case .yarn: try scaleByYaRN(settings, theta, headSize: headSize, positions: positions)
    }
  }

  /// LLaMA 3: long waves are stretched, short ones stay, and those between are mixed.
  private mutating func scaleByWavelength(_ settings: RotarySettings) throws {
    let factor = try settings.positive("factor")
    let low = try settings.positive("low_freq_factor")
    let high = try settings.positive("high_freq_factor")
    let length = try settings.positive("original_max_position_embeddings")
    guard high > low else { throw settings.error("high_freq_factor", "more than low_freq_factor") }
    frequencies = frequencies.map { frequency in
      let turns = length * frequency / (2 * .pi)
      let share = min(max((turns - low) / (high - low), 0), 1)
      return frequency * ((1 - share) / factor + share)
    }
  }

  /// YaRN (Peng et al., 2023): pairs that turn rarely in the original length are stretched, those that turn often stay.
  private mutating func scaleByYaRN(
    _ settings: RotarySettings, _ theta: Double, headSize: Int, positions: Int
  ) throws {
    let length =
      try settings.positiveIfPresent("original_max_position_embeddings") ?? Double(positions)
    let factor = try settings.positive("factor")
    let fast = try settings.positiveIfPresent("beta_fast") ?? 32
    let slow = try settings.positiveIfPresent("beta_slow") ?? 1
    let size = Double(headSize)
    func pair(turning count: Double) -> Double {
      size * log(length / (count * 2 * .pi)) / (2 * log(theta))
    }
    let isTruncated = try settings.boolIfPresent("truncate") ?? true
    let begin = isTruncated ? pair(turning: fast).rounded(.down) : pair(turning: fast)
    let end = isTruncated ? pair(turning: slow).rounded(.up) : pair(turning: slow)
    let (low, high) = (max(begin, 0), min(end, size - 1))
    frequencies = frequencies.enumerated().map { index, frequency in
      let stretched = min(max((Double(index) - low) / max(high - low, 0.001), 0), 1)
      return frequency * (1 - stretched + stretched / factor)
    }
    func magnitude(_ weight: Double) -> Double {
      factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
    }
    if let given = try settings.positiveIfPresent("attention_factor") {
      scale = given
    } else if let weight = try settings.positiveIfPresent("mscale"),
      let all = try settings.positiveIfPresent("mscale_all_dim")
    {
      scale = magnitude(weight) / magnitude(all)
    } else {
      scale = magnitude(1)
    }
  }

  /// The layer that turns queries and keys.
  var positions: RotaryPositions { RotaryPositions(frequencies: frequencies, scale: scale) }
}

/// The keys of rotary positions, wherever they stand.
struct RotarySettings {
  /// How frequencies are scaled.
  enum Kind: String, CaseIterable {
    case plain = "default"
    case linear, dynamic, llama3, yarn
  }

  private let file: ConfigurationFile
  private let place: String
  private let object: JSONObject

  /// - Throws: `InputError` naming the key if it is no object.
  init(_ file: ConfigurationFile) throws {
    let given = try ["rope_scaling", "rope_parameters"].compactMap { key in
      try file.objectIfPresent(key).map { (place: key, object: $0) }
    }
    let chosen = given.first { !$0.object.members.isEmpty }
    self.file = file
    place = chosen?.place ?? "rope_scaling"
    object = chosen?.object ?? JSONObject()
  }

  /// The settings as a file of their own: errors name their place.
  private var inner: ConfigurationFile { ConfigurationFile(object, at: file.url) }

  func error(_ key: String, _ expected: String) -> InputError {
    JSONField(file: file.url.path, path: "\(place).\(key)", value: object[key] ?? .null)
      .error(expected: expected)
  }

  func theta() throws -> Double {
    let theta = try inner.numberIfPresent("rope_theta") ?? file.numberIfPresent("rope_theta")
    guard let theta, theta.isFinite, theta > 1 else {
      if theta == nil { return 10_000 }
      throw file.error("rope_theta", expected: "a number above 1")
    }
    return theta
  }

  func kind() throws -> Kind {
    let key = object["rope_type"] == nil ? "type" : "rope_type"
    guard let name = try inner.stringIfPresent(key) else { return .plain }
    guard let kind = Kind(rawValue: name) else {
      throw error(key, "one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let partial = try inner.numberIfPresent("partial_rotary_factor")
    guard partial == nil || partial == 1 else { throw error("partial_rotary_factor", "1") }
    return kind
  }

  func positiveIfPresent(_ key: String) throws -> Double? {
    guard let value = try inner.numberIfPresent(key) else { return nil }
    guard value > 0, value.isFinite, value < 1e12 else { throw error(key, "a number above 0") }
    return value
  }

  func positive(_ key: String) throws -> Double {
    guard let value = try positiveIfPresent(key) else { throw error(key, "a number above 0") }
    return value
  }

  func boolIfPresent(_ key: String) throws -> Bool? { try inner.boolIfPresent(key) }
}
