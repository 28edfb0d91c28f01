import ArgumentParser
import SparseGrad

extension SparseGradSettings.Axes: ExpressibleByArgument {}
extension SparseGradSettings.Sharing: ExpressibleByArgument {}
extension SparseGradSettings.Preliminary: ExpressibleByArgument {}
extension SparseGradSettings.GradientScore: ExpressibleByArgument {}

/// How the MLP weights learn.
struct MethodOptions: ParsableArguments {
  enum SupportKind: String, CaseIterable, ExpressibleByArgument {
    case dynamic, periodic, core, random
  }

  @Option(
    help: "Fine-tuning method for the MLP weights; sparsegrad-paper uses the settings of the paper."
  )
  var method = MethodName.sparsegrad

  @Option(help: "Share of the elements of each MLP weight matrix that are trained. (default: 0.01)")
  var density: Double?

  @Option(
    help: "Number of elements of each MLP weight matrix that are trained, instead of --density.")
  var selected: Int?

  @Option(
    help:
      "Axes of an MLP weight that are rotated: that of the hidden size, that of the intermediate size, or both. (default: hidden; paper: both)"
  )
  var axes: SparseGradSettings.Axes?

  @Option(help: "Whether layers of a kind share a basis. (default: per-block; paper: shared)")
  var sharing: SparseGradSettings.Sharing?

  @Option(
    help:
      "How elements are chosen: at every step, for --support-interval steps, as the leading coordinates of the hidden axis, or at random. (default: periodic; paper: dynamic)"
  )
  var support: SupportKind?

  @Option(help: "Steps for which a periodic support is kept. (default: 100)")
  var supportInterval: Int?

  @Option(help: "Steps whose gradients choose a periodic support. (default: 5)")
  var supportObservation: Int?

  @Option(
    help:
      "What chooses a periodic support: the sum of squared gradients, or the magnitude of their mean. (default: squares)"
  )
  var supportScore: SparseGradSettings.GradientScore?

  @Option(
    help:
      "Share of the hidden axis' coordinates among which elements are chosen. (default: 0.0625, or four times --density; paper: 1)"
  )
  var hiddenCandidates: Double?

  @Option(
    help:
      "Share of the intermediate axis' coordinates among which elements are chosen. (default: 1)")
  var intermediateCandidates: Double?

  @Option(help: "Steps of the preliminary phase that finds the basis. (default: 30)")
  var basisSteps: Int?

  @Option(
    help:
      "What the basis' leading directions are those of: the squared gradients, or their mean. (default: squares)"
  )
  var basisScore: SparseGradSettings.GradientScore?

  @Option(
    help:
      "What happens to the weights during the preliminary phase: they stay frozen, or are trained and keep the change. (default: frozen)"
  )
  var preliminary: SparseGradSettings.Preliminary?

  @Option(
    help: "Skip rows and columns of the output gradient in which no magnitude is larger than this."
  )
  var zeroThreshold: Float?

  @OptionGroup var lora: LoRAOptions

  /// The settings of SparseGrad, if the method is one.
  var sparseGrad: SparseGradSettings? {
    if case .sparseGrad(let settings) = trainingMethod { settings } else { nil }
  }

  var trainingMethod: TrainingMethod {
    switch method {
    case .full: .full
    case .lora: .lora(lora.settings)
    case .sparsegrad: .sparseGrad(changed(SparseGradSettings()))
    case .sparseGradOfThePaper: .sparseGrad(changed(.paper))
    case .meprop: .sparseGrad(changed(.meProp))
    }
  }

  /// A method's own settings with those that were given.
  private func changed(_ own: SparseGradSettings) -> SparseGradSettings {
    var settings = own
    settings.density = selected.map { .count($0) } ?? density.map { .share($0) } ?? own.density
    settings.axes = axes ?? own.axes
    settings.sharing = sharing ?? own.sharing
    settings.selection = selection(own.selection)
    settings.supportScore = supportScore
    settings.hiddenCandidates = hiddenCandidates ?? own.hiddenCandidates
    settings.intermediateCandidates = intermediateCandidates ?? own.intermediateCandidates
    settings.basisSteps = basisSteps ?? own.basisSteps
    settings.basisScore = basisScore
    settings.preliminary = preliminary ?? own.preliminary
    settings.zeroThreshold = zeroThreshold
    return settings
  }

  private func selection(_ own: SparseGradSettings.Selection) -> SparseGradSettings.Selection {
    let wanted: SparseGradSettings.Selection =
      switch support {
      case .dynamic: .dynamic
      case .periodic: SparseGradSettings().selection
      case .core: .core
      case .random: .random
      case nil: own
      }
    guard case .periodic(let interval, let observation) = wanted else { return wanted }
    return .periodic(
      interval: supportInterval ?? interval, observation: supportObservation ?? observation)
  }
}
