import Support

/// How many elements of each MLP weight are trained.
public enum Density: Hashable, Codable, Sendable {
  /// A share of the elements, above 0 and at most 1.
  case share(Double)
  /// A number of elements.
  case count(Int)

  /// The number of elements of a matrix of `total`.
  package func count(of total: Int) -> Int {
    switch self {
    case .share(let share): min(total, max(1, Int((Double(total) * share).rounded())))
    case .count(let count): min(total, count)
    }
  }
}

/// The settings of SparseGrad (arXiv 2410.07383). The default values are the cheapest whose scores could not
/// be told from the paper's (docs/results.md); `paper` has those of the paper.
public struct SparseGradSettings: Hashable, Codable, Sendable {
  /// The axes of an MLP weight whose gradients are rotated. A weight of the feed-forward block has one axis of
  /// the model's hidden size and one of the intermediate size.
  public enum Axes: String, CaseIterable, Codable, Sendable {
    /// No axis: with dynamic support this is MeProp as the paper runs it.
    case none
    /// The axis of the model's hidden size.
    case hidden
    /// The axis of the intermediate size.
    case intermediate
    /// Both, as in the paper.
    case both

    /// Reads the name that files of version 1 give the axes: they call the hidden axis `model` and the intermediate
    /// axis `hidden`.
    init?(nameOfVersion1 name: String) {
      switch name {
      case "model": self = .hidden
      case "hidden": self = .intermediate
      default: self.init(rawValue: name)
      }
    }
  }

  /// Which layers share a basis.
  public enum Sharing: String, CaseIterable, Codable, Sendable {
    /// One basis for all layers of a kind, as in the paper.
    case shared
    /// A basis for every layer.
    case perBlock = "per-block"
  }

  /// How the elements to be trained are chosen.
  public enum Selection: Hashable, Codable, Sendable {
    /// The largest of every step's gradient, as in the paper.
    case dynamic
    /// The largest by gradients summed over `observation` steps, chosen anew every `interval` steps.
    case periodic(interval: Int, observation: Int)
    /// The dense core: the leading coordinates of the hidden axis times all candidates of the other axis, as many
    /// coordinates as come nearest to the density. Nothing is selected; the change has as small a rank.
    case core
    /// Drawn once by the run's seed: what a choice is compared with.
    case random
  }

  /// What the gradients of several batches say about an element of a weight, or a direction.
  public enum GradientScore: String, CaseIterable, Codable, Sendable {
    /// The sum of their squares: where gradients are large.
    case squares
    /// The square of their sum: where they agree from batch to batch.
    case mean
  }

  /// What the preliminary phase, in which the basis is found, does with the model.
  public enum Preliminary: String, CaseIterable, Codable, Sendable {
    /// Only gradients are taken: the weights stay as they were.
    case frozen
    /// The steps are steps of regular fine-tuning and are kept, as in the published code.
    case trained
  }

  /// How many elements of each weight are trained.
  public var density = Density.share(0.01)
  /// Which axes are rotated.
  public var axes = Axes.hidden
  /// Which layers share a basis.
  public var sharing = Sharing.perBlock
  /// How elements are chosen.
  public var selection = Selection.periodic(interval: 100, observation: 5)
  /// What a periodic support is chosen by; nil means squares.
  public var supportScore: GradientScore?
  /// The share of the hidden axis' coordinates among which elements are chosen: those with most gradient in the
  /// preliminary phase. Nil means a sixteenth, or what holds four times the elements to choose if that is more.
  public var hiddenCandidates: Double?
  /// The same for the axis of the intermediate size.
  public var intermediateCandidates = 1.0
  /// What a basis' leading directions are chosen by; nil means squares, as in the paper.
  public var basisScore: GradientScore?
  /// The steps of the preliminary phase.
  public var basisSteps = 30
  /// What happens to the weights meanwhile.
  public var preliminary = Preliminary.frozen
  /// Rows and columns of the output's gradient whose magnitudes are all at most this are left out of the weight's
  /// gradient (equations 1 and 2); nil leaves none out.
  public var zeroThreshold: Float?

  /// The default settings.
  public init() {}

  /// The paper's: both axes rotated, in a basis for all layers of a kind; the largest elements of every step's
  /// gradient, among all.
  public static var paper: SparseGradSettings {
    var settings = SparseGradSettings()
    (settings.axes, settings.sharing) = (.both, .shared)
    settings.selection = .dynamic
    settings.hiddenCandidates = 1
    return settings
  }

  /// MeProp as the paper compares with it: the largest elements of the gradient itself.
  public static var meProp: SparseGradSettings {
    var settings = SparseGradSettings.paper
    settings.axes = .none
    return settings
  }

  /// Whether the preliminary phase has anything to find.
  public var needsBasis: Bool {
    axes != .none || selection == .core || (hiddenCandidates ?? 0) < 1 || intermediateCandidates < 1
  }

  /// - Throws: `InputError` naming the setting that is out of range.
  public func validate() throws {
    switch density {
    case .share(let share) where !(share > 0 && share <= 1):
      throw InputError(.density, "\(share) is out of range, expected above 0 and at most 1")
    case .count(let count) where count < 1:
      throw InputError(.selected, "\(count) elements, expected at least 1")
    default: break
    }
    for (setting, share) in [
      (Setting.hiddenCandidates, hiddenCandidates ?? 1),
      (.intermediateCandidates, intermediateCandidates),
    ] where !(share > 0 && share <= 1) {
      throw InputError(setting, "\(share) is out of range, expected above 0 and at most 1")
    }
    let candidates = (selection == .core ? 1 : hiddenCandidates ?? 1) * intermediateCandidates
    if case .share(let share) = density, share > candidates * (1 + 1e-9) {
      throw InputError(
        .density,
        "\(share) is more than the candidates are, whose share is \(candidates) (\(Setting.hiddenCandidates) "
          + "times \(Setting.intermediateCandidates))")
    }
    guard zeroThreshold.map({ $0 >= 0 && $0.isFinite }) ?? true else {
      throw InputError(.zeroThreshold, "expected 0 or more")
    }
    guard selection != .core || preliminary == .frozen else {
      throw InputError(
        .preliminary,
        "trained has no meaning for a core, which is a change of the weights as they were loaded, expected frozen"
      )
    }
    guard basisSteps >= 1 else { throw InputError(.basisSteps, "expected at least 1") }
    if case .periodic(let interval, let observation) = selection {
      guard observation >= 1, interval >= observation, interval <= 1_000_000_000 else {
        throw InputError(
          .supportInterval, "expected at least the \(observation) steps of observation")
      }
    }
  }

  /// Checks the number of elements to train against those of an MLP weight of these sizes, and its candidates.
  /// - Throws: `InputError` when there are fewer.
  package func validate(hiddenSize: Int, intermediateSize: Int) throws {
    // Of shares `validate()` knows enough.
    guard case .count(let wanted) = density else { return }
    let size = hiddenSize * intermediateSize
    guard wanted <= size else {
      throw InputError(
        .selected, "\(wanted) is more than the \(size) elements of an MLP weight")
    }
    guard needsBasis, selection != .core else { return }
    let shares = candidates(.intermediate, size: size)
    let available =
      Coordinates.count(of: intermediateSize, share: shares.output)
      * Coordinates.count(of: hiddenSize, share: shares.input)
    let count = density.count(of: size)
    guard count <= available else {
      throw InputError(
        .selected,
        "\(count) is more than the \(available) candidates in an MLP weight of \(size) elements "
          + "(\(Setting.hiddenCandidates) times \(Setting.intermediateCandidates))")
    }
  }
}
