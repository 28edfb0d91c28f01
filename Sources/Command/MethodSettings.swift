extension MethodOptions {
  /// A flag that not every method has a use for.
  struct Setting: Sendable {
    let flag: String
    let methods: [Method]
    let isGiven: @Sendable (MethodOptions) -> Bool

    init(
      _ flag: String, of methods: [Method], isGiven: @escaping @Sendable (MethodOptions) -> Bool
    ) {
      (self.flag, self.methods, self.isGiven) = (flag, methods, isGiven)
    }

    private static let rotating: [Method] = [.sparsegrad, .sparseGradOfThePaper]
    private static let selecting = rotating + [.meprop]

    static let particular = [
      Setting("density", of: selecting) { $0.density != nil },
      Setting("selected", of: selecting) { $0.selected != nil },
      Setting("axes", of: rotating) { $0.axes != nil },
      Setting("sharing", of: selecting) { $0.sharing != nil },
      Setting("support", of: selecting) { $0.support != nil },
      Setting("support-interval", of: selecting) { $0.supportInterval != nil },
      Setting("support-observation", of: selecting) { $0.supportObservation != nil },
      Setting("model-candidates", of: selecting) { $0.modelCandidates != nil },
      Setting("hidden-candidates", of: selecting) { $0.hiddenCandidates != nil },
      Setting("basis-steps", of: selecting) { $0.basisSteps != nil },
      Setting("preliminary", of: selecting) { $0.preliminary != nil },
      Setting("zero-threshold", of: selecting) { $0.zeroThreshold != nil },
      Setting("lora-rank", of: [.lora]) { $0.lora.loraRank != nil },
      Setting("lora-alpha", of: [.lora]) { $0.lora.loraAlpha != nil },
      Setting("lora-dropout", of: [.lora]) { $0.lora.loraDropout != nil },
      Setting("rslora", of: [.lora]) { $0.lora.rslora },
      Setting("lora-bias", of: [.lora]) { $0.lora.loraBias != nil },
      Setting("target-modules", of: [.lora]) { $0.lora.targetModules != nil },
    ]
  }
}

extension MethodOptions.Method {
  /// Whether a flag means something to this method.
  func uses(_ flag: String) -> Bool {
    MethodOptions.Setting.particular.first { $0.flag == flag }?.methods.contains(self) ?? true
  }
}
