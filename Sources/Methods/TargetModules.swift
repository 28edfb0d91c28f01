import Models
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

  /// `mlp`, `all-linear`, names with commas between them, or a regular expression: anything that has
  /// characters that names do not have.
  public init(_ text: String) {
    switch text {
    case "mlp": self = .mlp
    case "all-linear": self = .allLinear
    default:
      let isPattern = text.contains { !($0.isLetter || $0.isNumber || "_.,".contains($0)) }
      self =
        isPattern
        ? .pattern(text) : .names(text.split(separator: ",").map(String.init))
    }
  }

  func validate() throws {
    switch self {
    case .mlp, .allLinear: break
    case .names(let names):
      guard !names.isEmpty else {
        throw InputError("--target-modules", "expected names of modules")
      }
    case .pattern(let pattern): _ = try Self.expression(pattern)
    }
  }

  /// Whether the layer called `module` (its weight's name without `.weight`) is one of them.
  /// - Throws: `InputError` when the pattern is not a regular expression.
  package func includes(_ module: String, _ role: LinearRole) throws -> Bool {
    switch self {
    case .mlp: role.isMLP
    case .allLinear: role.kind != .classifier
    case .names(let names): names.contains { module == $0 || module.hasSuffix("." + $0) }
    case .pattern(let pattern): try module.wholeMatch(of: Self.expression(pattern)) != nil
    }
  }

  private static func expression(_ pattern: String) throws -> Regex<AnyRegexOutput> {
    do { return try Regex(pattern) } catch {
      throw InputError("--target-modules", "\"\(pattern)\" is not a regular expression: \(error)")
    }
  }
}
