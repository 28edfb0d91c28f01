import ArgumentParser
import SparseGrad

extension SparseGradSettings.Axes: ExpressibleByArgument {}
extension SparseGradSettings.Sharing: ExpressibleByArgument {}
extension SparseGradSettings.Preliminary: ExpressibleByArgument {}

/// How the MLP weights learn.
struct MethodOptions: ParsableArguments {
  enum Method: String, CaseIterable, ExpressibleByArgument {
    case sparsegrad, meprop, lora, full
  }

  enum SupportKind: String, CaseIterable, ExpressibleByArgument {
    case dynamic, periodic
  }

  @Option(help: "How the MLP weights learn.")
  var method = Method.sparsegrad

  @Option(help: "Share of each MLP weight's elements that train.")
  var density = 0.01

  @Option(help: "Number of elements of each MLP weight that train, instead of --density.")
  var selected: Int?

  @Option(help: "Axes of an MLP weight that are rotated; the model axis has the hidden size.")
  var axes = SparseGradSettings.Axes.both

  @Option(help: "Whether layers of a kind share a basis.")
  var sharing = SparseGradSettings.Sharing.shared

  @Option(help: "How elements are chosen: at every step, or for --support-interval steps.")
  var support = SupportKind.dynamic

  @Option(help: "Steps for which a periodic support is kept.")
  var supportInterval = 100

  @Option(help: "Steps whose squared gradients choose a periodic support.")
  var supportObservation = 5

  @Option(help: "Share of the model axis' coordinates among which elements are chosen.")
  var modelCandidates = 1.0

  @Option(help: "Share of the hidden axis' coordinates among which elements are chosen.")
  var hiddenCandidates = 1.0

  @Option(help: "Steps of the preliminary phase that finds the basis.")
  var basisSteps = 30

  @Option(
    help:
      "What the preliminary phase does to the weights: frozen leaves them, trained keeps its steps."
  )
  var preliminary = SparseGradSettings.Preliminary.frozen

  @Option(
    help: "Leave rows and columns of the output gradient out whose magnitudes are all at most this."
  )
  var zeroThreshold: Float?

  @OptionGroup var lora: LoRAOptions

  var needsBasis: Bool {
    if case .sparseGrad(let settings) = trainingMethod { settings.needsBasis } else { false }
  }

  var trainingMethod: TrainingMethod {
    switch method {
    case .full: .full
    case .lora: .lora(lora.settings)
    case .sparsegrad, .meprop: .sparseGrad(sparseGrad)
    }
  }

  private var sparseGrad: SparseGradSettings {
    var settings = SparseGradSettings()
    settings.density = selected.map { .count($0) } ?? .share(density)
    settings.axes = method == .meprop ? .none : axes
    settings.sharing = sharing
    settings.selection =
      support == .dynamic
      ? .dynamic : .periodic(interval: supportInterval, observation: supportObservation)
    settings.modelCandidates = modelCandidates
    settings.hiddenCandidates = hiddenCandidates
    settings.basisSteps = basisSteps
    settings.preliminary = preliminary
    settings.zeroThreshold = zeroThreshold
    return settings
  }
}
