import ArgumentParser
import SparseGrad

extension ClassWeights: ExpressibleByArgument {
  /// `balanced`, or numbers with commas between them.
  public init?(argument: String) {
    if argument == "balanced" {
      self = .balanced
    } else if let weights = CommaSeparated<Double>(argument: argument)?.values {
      self = .listed(weights)
    } else {
      return nil
    }
  }
}

/// What the loss of a classification is.
struct LossOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Weight of each label in the loss: `balanced` (rare labels count more), or one number per label in the order of the data's labels, for example 1,2.5. (default: all equal)",
      valueName: "weights"))
  var classWeights: ClassWeights?

  @Option(
    help: "Label smoothing: share of every target that is spread over all labels. (default: 0)")
  var labelSmoothing: Double?

  /// Nil if nothing is said.
  var loss: ClassificationLoss? {
    classWeights == nil && labelSmoothing == nil
      ? nil : ClassificationLoss(classWeights: classWeights, labelSmoothing: labelSmoothing ?? 0)
  }
}
