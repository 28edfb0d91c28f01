import ArgumentParser

extension MethodOptions {
  /// - Throws: `ValidationError` naming a flag that means nothing beside the others.
  func validate() throws {
    for flag in MethodFlag.all where flag.isGiven(self) {
      guard let problem = flag.problem(with: self) else { continue }
      throw ValidationError("--\(flag.name): \(problem)")
    }
    if density != nil, selected != nil {
      throw ValidationError("--density and --selected exclude each other")
    }
  }
}
