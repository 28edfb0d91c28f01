import Layers
import Methods
import Models
import Support
import Weights

/// `adapter_config.json` of a LoRA adapter, as far as it decides what the adapter computes. A key that asks for
/// something else is an error, not ignored.
struct LoRAConfiguration {
  private let file: ConfigurationFile
  private let rank: Int, alpha: Double, usesRankStabilization: Bool
  private let rankPattern: [NumberByModule<Int>], alphaPattern: [NumberByModule<Double>]
  private let targets: TargetModules, excluded: TargetModules?
  /// Modules that are in the file as a whole (`modules_to_save`).
  private let saved: [String]
  /// The blocks that have additions (`layers_to_transform`), and what stands before their numbers.
  private let layers: [Int]?, layerNames: [String]

  /// Keys that are read below.
  private static let used: Set = [
    "peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "bias", "target_modules",
    "exclude_modules", "modules_to_save", "rank_pattern", "alpha_pattern", "layers_to_transform",
    "layers_pattern", "init_lora_weights",
  ]
  /// Keys that change nothing once an adapter is trained.
  private static let harmless: Set = [
    "base_model_name_or_path", "revision", "inference_mode", "peft_version", "task_type",
    "auto_mapping", "megatron_core", "qalora_group_size", "runtime_config", "eva_config",
  ]
  /// Ways to draw A and B that leave the base model as it is.
  private static let plainInitializations: [JSONValue] = [
    .bool(true), .bool(false), "gaussian", "orthogonal", "eva",
  ]

  /// - Throws: `InputError` naming the key that is missing, out of range or not supported.
  init(_ file: ConfigurationFile) throws {
    self.file = file
    for key in file.object.keys where !Self.used.union(Self.harmless).contains(key) {
      guard let value = file[key], !value.isEmpty else { continue }
      throw InputError(
        file.url.path, at: "key \"\(key)\"", "\(value.text(.compact)) is not supported")
    }
    let initialization = file["init_lora_weights"] ?? .bool(true)
    guard Self.plainInitializations.contains(initialization) else {
      throw InputError(
        file.url.path, at: "key \"init_lora_weights\"",
        "\(initialization.text(.compact)) is not supported: it changes the base model, too")
    }
    rank = try file.integer("r")
    guard rank >= 1 else { throw file.error("r", expected: "at least 1") }
    alpha = try file.number("lora_alpha")
    guard Float(alpha).isFinite else {
      throw file.error("lora_alpha", expected: "a finite number in float32")
    }
    usesRankStabilization = try file.boolIfPresent("use_rslora") ?? false
    _ = try file.numberIfPresent("lora_dropout")
    let bias = try file.stringIfPresent("bias") ?? "none"
    guard LoRASettings.Bias(rawValue: bias) != nil else {
      let known = LoRASettings.Bias.allCases.map(\.rawValue).joined(separator: ", ")
      throw file.error("bias", expected: known)
    }
    rankPattern = try Self.patterns("rank_pattern", of: "integers of at least 1", file) {
      $0.integer.flatMap { $0 >= 1 ? $0 : nil }
    }
    alphaPattern = try Self.patterns("alpha_pattern", of: "finite numbers in float32", file) {
      Float($0.double).isFinite ? $0.double : nil
    }
    guard let targets = try Self.modules("target_modules", file) else {
      throw file.error("target_modules", expected: "names of modules or a regular expression")
    }
    self.targets = targets
    excluded = try Self.modules("exclude_modules", file)
    saved = try Self.texts("modules_to_save", file) ?? []
    try Self.checkLayers(file, beside: targets)
    switch file["layers_to_transform"] {
    case nil, .null: layers = nil
    case .number: layers = [try file.integer("layers_to_transform")]
    default:
      layers = try file.array("layers_to_transform").map {
        guard case .number(let number) = $0, let layer = number.integer else {
          throw file.error("layers_to_transform", expected: "numbers of blocks")
        }
        return layer
      }
    }
    layerNames = try Self.texts("layers_pattern", file) ?? []
  }

  /// The settings with which training goes on.
  /// - Throws: `InputError` when they are not the same for all layers, or name layers in a way that training does not have.
  func settings(dropout: Float) throws -> LoRASettings {
    for (key, isUsed) in [
      ("rank_pattern", !rankPattern.isEmpty), ("alpha_pattern", !alphaPattern.isEmpty),
      ("exclude_modules", excluded != nil), ("layers_to_transform", layers != nil),
    ] where isUsed {
      throw error(key, "is set: training can only go on where all layers are treated alike")
    }
    var settings = LoRASettings()
    (settings.rank, settings.loraAlpha, settings.loraDropout) = (rank, alpha, dropout)
    settings.usesRankStabilization = usesRankStabilization
    settings.bias = try file.stringIfPresent("bias").flatMap(LoRASettings.Bias.init) ?? .none
    settings.targetModules = targets
    return settings
  }

  var summary: String {
    "rank \(rank), alpha \(Int(exactly: alpha).map { "\($0)" } ?? "\(alpha)")"
      + (usesRankStabilization ? ", rank-stabilised" : "")
  }

  /// The error for a key whose value does not suit a model.
  func error(_ key: String, _ problem: String) -> InputError {
    InputError(file.url.path, at: "key \"\(key)\"", problem)
  }

  /// The rank of a module's addition, and what B A is multiplied by.
  /// - Throws: `InputError` naming the key whose patterns take too long to match.
  func additions(to module: String) throws -> (rank: Int, scaling: Float) {
    let rank = try number(of: module, "rank_pattern", rankPattern) ?? self.rank
    let alpha = try number(of: module, "alpha_pattern", alphaPattern) ?? self.alpha
    let divisor = usesRankStabilization ? Double(rank).squareRoot() : Double(rank)
    return (rank, Float(alpha / divisor))
  }

  private func number<Value>(
    of module: String, _ key: String, _ numbers: [NumberByModule<Value>]
  ) throws -> Value? {
    do {
      return try numbers.first { try $0.pattern.matches(module) }?.value
    } catch let problem as ModulePattern.Problem {
      throw file.error(key, expected: "patterns of modules (\(problem.text))")
    }
  }

  /// Whether a linear layer has an addition, by the rules of `peft`.
  func includes(_ site: LinearSite) throws -> Bool {
    let (module, kind) = (site.module, site.role.kind)
    guard try naming("target_modules", { try targets.includes(module, kind) }),
      !(try naming("exclude_modules", { try excluded?.includes(module, kind) ?? false })),
      !saved.contains(where: { ".\(module).".contains(".\($0).") })
    else { return false }
    guard let layers else { return true }
    // The first number is the block's.
    let parts = module.split(separator: ".").map(String.init)
    guard let place = parts.firstIndex(where: { Int($0) != nil }), place > 0,
      let layer = Int(parts[place])
    else { return false }
    return layers.contains(layer) && (layerNames.isEmpty || layerNames.contains(parts[place - 1]))
  }

  /// Whether a parameter must be in the file because its module is.
  func saves(_ parameter: String) -> Bool {
    saved.contains { ".\(parameter)".contains(".\($0).") }
  }

  // MARK: Reading

  private static func modules(_ key: String, _ file: ConfigurationFile) throws -> TargetModules? {
    let modules: TargetModules
    switch file[key] {
    case nil, .null: return nil
    case .string("all-linear"): modules = .allLinear
    case .string(let pattern): modules = .pattern(pattern)
    default:
      guard let names = try texts(key, file), !names.isEmpty else { return nil }
      modules = .names(names)
    }
    try naming(key, in: file) { try modules.validate() }
    return modules
  }

  private func naming<Result>(_ key: String, _ body: () throws -> Result) throws -> Result {
    try Self.naming(key, in: file, body)
  }

  /// What is wrong with modules is in this file, not in a flag.
  private static func naming<Result>(
    _ key: String, in file: ConfigurationFile, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch let error as InputError {
      throw InputError(file.url.path, at: "key \"\(key)\"", error.problem)
    }
  }

  /// A regular expression names blocks by itself.
  private static func checkLayers(_ file: ConfigurationFile, beside targets: TargetModules) throws {
    if case .names = targets { return }
    for key in ["layers_to_transform", "layers_pattern"] where (file[key] ?? .null) != .null {
      throw InputError(
        file.url.path, at: "key \"\(key)\"",
        "is for a list of names in target_modules, which is a text")
    }
  }

  private static func texts(_ key: String, _ file: ConfigurationFile) throws -> [String]? {
    if case .string(let text)? = file[key] { return [text] }
    return try file.arrayIfPresent(key)?.map {
      guard case .string(let text) = $0 else { throw file.error(key, expected: "texts") }
      return text
    }
  }

  private static func patterns<Value>(
    _ key: String, of kind: String, _ file: ConfigurationFile, _ value: (JSONNumber) -> Value?
  ) throws -> [NumberByModule<Value>] {
    try file.objectIfPresent(key)?.members.map { member in
      guard case .number(let number) = member.value, let value = value(number) else {
        throw file.error(key, expected: "\(kind) by patterns of modules")
      }
      do {
        return NumberByModule(pattern: try ModulePattern(member.key).forEndOfName, value: value)
      } catch let problem as ModulePattern.Problem {
        throw file.error(key, expected: "patterns of modules (\(problem.text))")
      }
    } ?? []
  }
}

/// A number for the modules whose names end with a match.
private struct NumberByModule<Value> {
  let pattern: ModulePattern
  let value: Value
}

extension JSONValue {
  /// Whether it asks for nothing: absent, off, or no members.
  fileprivate var isEmpty: Bool {
    switch self {
    case .null, .bool(false): true
    case .array(let array): array.isEmpty
    case .object(let object): object.members.isEmpty
    case .bool, .number, .string: false
    }
  }
}
