import ArgumentParser

/// The methods as flags call them.
enum MethodName: String, CaseIterable, ExpressibleByArgument {
  case sparsegrad
  case sparseGradOfThePaper = "sparsegrad-paper"
  case meprop, lora, full
}
