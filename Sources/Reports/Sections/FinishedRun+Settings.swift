import Training

extension FinishedRun {
  /// The settings that make runs comparable: all but the seed.
  var settingsButSeed: [String: String] {
    // Of a run whose settings are not known nobody can say that another is like it.
    var settings = settings ?? ["folder": folder.path]
    settings["method"] = figures.method
    settings["seed"] = nil
    return settings
  }
}
