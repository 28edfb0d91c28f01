import ArgumentParser
import SparseGrad

/// A flag that means something to some methods only.
struct MethodFlag: Sendable {
  /// What a flag is about that not all settings of a method have.
  enum Subject {
    case basis, periodicSupport, hiddenCandidates

    func isPart(of settings: SparseGradSettings) -> Bool {
      switch self {
      case .basis: settings.needsBasis
      case .periodicSupport: if case .periodic = settings.selection { true } else { false }
      case .hiddenCandidates: settings.selection != .core
      }
    }

    /// Where a flag about it has no meaning.
    func absence(from settings: SparseGradSettings) -> String {
      switch self {
      case .basis: "without a basis: no axis is rotated, and all coordinates are candidates"
      case .periodicSupport: "for a \(settings.selection == .dynamic ? "dynamic" : "fixed") support"
      case .hiddenCandidates: "for the core, whose size is that of --density"
      }
    }
  }

  /// Without its dashes.
  let name: String
  /// The methods to which it can mean something.
  let methods: [MethodName]
  private let subject: Subject?
  let isGiven: @Sendable (MethodOptions) -> Bool

  private init(
    _ name: String, of methods: [MethodName], about subject: Subject? = nil,
    isGiven: @escaping @Sendable (MethodOptions) -> Bool
  ) {
    self.name = name
    self.methods = methods
    self.subject = subject
    self.isGiven = isGiven
  }

  /// Why it has no meaning for a method with these options; nil if it has one.
  func problem(with options: MethodOptions) -> String? {
    guard methods.contains(options.method) else {
      return "has no meaning for --method \(options.method.rawValue)"
    }
    guard let subject, let settings = options.sparseGrad, !subject.isPart(of: settings) else {
      return nil
    }
    return "has no meaning \(subject.absence(from: settings))"
  }
}

extension MethodName {
  /// Whether a flag can mean something to this method.
  func uses(_ flag: String) -> Bool {
    MethodFlag.all.first { $0.name == flag }?.methods.contains(self) ?? true
  }
}

extension MethodFlag {
  private static let rotating: [MethodName] = [.sparsegrad, .sparseGradOfThePaper]
  private static let selecting = rotating + [.meprop]

  static let all: [MethodFlag] = [
    MethodFlag("density", of: selecting) { $0.density != nil },
    MethodFlag("selected", of: selecting) { $0.selected != nil },
    MethodFlag("axes", of: rotating) { $0.axes != nil },
    MethodFlag("sharing", of: selecting, about: .basis) { $0.sharing != nil },
    MethodFlag("support", of: selecting) { $0.support != nil },
    MethodFlag("support-interval", of: selecting, about: .periodicSupport) {
      $0.supportInterval != nil
    },
    MethodFlag("support-observation", of: selecting, about: .periodicSupport) {
      $0.supportObservation != nil
    },
    MethodFlag("support-score", of: selecting, about: .periodicSupport) { $0.supportScore != nil },
    MethodFlag("hidden-candidates", of: selecting, about: .hiddenCandidates) {
      $0.hiddenCandidates != nil
    },
    MethodFlag("intermediate-candidates", of: selecting) { $0.intermediateCandidates != nil },
    MethodFlag("basis-steps", of: selecting, about: .basis) { $0.basisSteps != nil },
    MethodFlag("basis-score", of: selecting, about: .basis) { $0.basisScore != nil },
    MethodFlag("preliminary", of: selecting, about: .basis) { $0.preliminary != nil },
    // An option of `finetune` alone, which looks at it itself.
    MethodFlag("basis", of: selecting, about: .basis) { _ in false },
    MethodFlag("zero-threshold", of: selecting) { $0.zeroThreshold != nil },
    MethodFlag("lora-rank", of: [.lora]) { $0.lora.loraRank != nil },
    MethodFlag("lora-alpha", of: [.lora]) { $0.lora.loraAlpha != nil },
    MethodFlag("lora-dropout", of: [.lora]) { $0.lora.loraDropout != nil },
    MethodFlag("rslora", of: [.lora]) { $0.lora.rslora },
    MethodFlag("lora-bias", of: [.lora]) { $0.lora.loraBias != nil },
    MethodFlag("target-modules", of: [.lora]) { $0.lora.targetModules != nil },
  ]

  /// The flags that decide which others mean something.
  static let deciding: Set = [
    "method", "axes", "support", "hidden-candidates", "intermediate-candidates",
  ]

  /// The flags that mean nothing to the method and settings that some arguments (`--flag=value`) ask for, and why.
  static func problems(with arguments: [String]) -> [String: String] {
    func options(_ isTaken: (String) -> Bool) -> MethodOptions? {
      try? MethodOptions.parse(
        arguments.filter { argument in
          isTaken(String(argument.drop { $0 == "-" }.prefix { $0 != "=" }))
        })
    }
    // What cannot be read is complained about where all of it is parsed.
    guard let chosen = options({ $0 == "method" }) else { return [:] }
    let decided = options { deciding.contains($0) && chosen.method.uses($0) } ?? chosen
    return all.reduce(into: [:]) { $0[$1.name] = $1.problem(with: decided) }
  }
}
