import Methods

extension SearchSpace {
  /// The space that is searched when none is given.
  ///
  /// Learning rate and batch size are what the paper searches with Optuna (section 5.1), there from 1e-6 to 1e-1;
  /// the last decade is left out, in which training diverges. The methods' own settings here are those that do not
  /// change how many numbers are trained, so that methods stay comparable. Axes are among them where all coordinates
  /// are candidates: a share of the hidden axis is chosen for the axis that is rotated.
  public static func standard(for method: TrainingMethod) -> SearchSpace {
    var space = SearchSpace()
    space.dimensions = [
      "learning-rate": .reals(from: 1e-6, through: 1e-2, .logarithmic),
      "batch-size": .choices(["16", "32"]),
      "dropout": .choices(["0.0", "0.1"]),
    ]
    switch method {
    case .full: break
    case .sparseGrad(let settings):
      if settings.axes != .none, settings.hiddenCandidates == 1,
        settings.intermediateCandidates == 1
      {
        space.dimensions["axes"] = .choices(["hidden", "intermediate", "both"])
      }
    case .lora:
      space.dimensions["lora-alpha"] = .choices(["8", "16", "32"])
      space.dimensions["lora-dropout"] = .choices(["0.0", "0.1"])
    }
    return space
  }
}
