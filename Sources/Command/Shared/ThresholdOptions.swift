import ArgumentParser

/// From which probability on a label is given where a text may have several.
struct ThresholdOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where a text may have several labels: the probability from which on each is given, one number for all or one for each label, 0.5,0.3 for example. (default: 0.5)",
      valueName: "probabilities"))
  var thresholds: CommaSeparated<Double>?

  var values: [Double]? { thresholds?.values }
}
