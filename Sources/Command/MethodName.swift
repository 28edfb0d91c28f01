import ArgumentParser

/// The methods as flags call them.
enum MethodName: String, CaseIterable, ExpressibleByArgument {
  case sparsegrad
  case sparseGradOfThePaper = "sparsegrad-paper"
  case meprop, lora, full

  /// Flags that mean something to some methods only.
  private static let users: [String: [MethodName]] = {
    let rotating = [sparsegrad, sparseGradOfThePaper]
    let selecting = rotating + [meprop]
    let bySelecting = [
      "density", "selected", "sharing", "support", "support-interval", "support-observation",
      "model-candidates", "hidden-candidates", "basis-steps", "preliminary", "zero-threshold",
    ]
    let byLoRA = [
      "lora-rank", "lora-alpha", "lora-dropout", "rslora", "lora-bias", "target-modules",
    ]
    return Dictionary(
      uniqueKeysWithValues: [("axes", rotating)] + bySelecting.map { ($0, selecting) }
        + byLoRA.map { ($0, [lora]) })
  }()

  /// Whether a flag means something to this method.
  func uses(_ flag: String) -> Bool { Self.users[flag]?.contains(self) ?? true }
}
