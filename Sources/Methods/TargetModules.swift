import Layers
import Support

/// The linear layers that LoRA is put on (`target_modules` of `peft`).
public enum TargetModules: Hashable, Codable, Sendable {
  /// The two layers of every feed-forward block.
  case mlp
  /// Every linear layer but the last of the head, as `peft`'s `all-linear`.
  case allLinear
  /// Layers whose module's name is, or ends with a dot and, one of these.
  case names([String])
  /// Layers whose module's name as a whole matches this regular expression.
  case pattern(String)

  /// `mlp`, `all-linear`, names with commas or plus signs between them, or a regular expression: anything that
  /// has characters that names do not have, or a plus sign that is not between two names (`.+dense`).
  public init(_ text: String) {
    switch text {
    case "mlp": self = .mlp
    case "all-linear": self = .allLinear
    default:
      let parts = text.split(separator: "+", omittingEmptySubsequences: false)
      let isPattern = parts.contains { part in
        let isCut = part.isEmpty || part.hasPrefix(".") || part.hasSuffix(".")
        return isCut && parts.count > 1
          || part.contains { !($0.isLetter || $0.isNumber || "_.,".contains($0)) }
      }
      self =
        isPattern
        ? .pattern(text) : .names(text.split { $0 == "," || $0 == "+" }.map(String.init))
    }
  }

  package func validate() throws {
    switch self {
    case .mlp, .allLinear: break
    case .names(let names):
      guard !names.isEmpty else {
        throw InputError(.targetModules, "expected names of modules")
      }
    case .pattern(let pattern):
      _ = try Self.explaining(pattern) { () throws(ModulePattern.Problem) in
        try ModulePattern(pattern)
      }
    }
  }

  /// - Throws: `InputError` when none of a model's linear layers is one of them.
  package func validate(among linears: [LinearPlace]) throws {
    guard try linears.contains(where: { try includes($0.module, $0.role.kind) }) else {
      throw InputError(
        .targetModules,
        "names no linear layer of this model, expected such as query or intermediate.dense")
    }
  }

  /// Whether a layer of a kind, called `module` (its weight's name without `.weight`), is one of them.
  /// - Throws: `InputError` when the pattern is not a regular expression.
  package func includes(_ module: String, _ kind: LinearRole.Kind) throws -> Bool {
    switch self {
    case .mlp: kind.isMLP
    case .allLinear: kind != .classifier
    case .names(let names): names.contains { module == $0 || module.hasSuffix("." + $0) }
    case .pattern(let pattern):
      try Self.explaining(pattern) { () throws(ModulePattern.Problem) in
        try ModulePattern(pattern).matches(module)
      }
    }
  }

  private static func explaining<Result>(
    _ pattern: String, _ body: () throws(ModulePattern.Problem) -> Result
  ) throws -> Result {
    do { return try body() } catch {
      let text = pattern.count > 60 ? pattern.prefix(60) + "..." : pattern
      throw InputError(
        .targetModules,
        "\"\(text)\" is not a regular expression that can be used: \(error.text)")
    }
  }
}
