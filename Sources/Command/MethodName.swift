import ArgumentParser

/// The methods as flags call them.
enum MethodName: String, CaseIterable, ExpressibleByArgument {
  case sparsegrad
  case sparseGradOfThePaper = "sparsegrad-paper"
  case meprop, lora, full

  /// Whether a flag can mean something to this method.
  func uses(_ flag: String) -> Bool {
    MethodFlag.all.first { $0.name == flag }?.methods.contains(self) ?? true
  }
}
