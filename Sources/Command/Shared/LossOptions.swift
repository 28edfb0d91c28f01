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
      "How much each label counts in the loss: `balanced` (rare ones more), or numbers in the order of the data's labels, 1,2.5 for example. (default: all the same)",
      valueName: "weights"))
  var classWeights: ClassWeights?

  @Option(help: "Share of every target that the loss spreads over all labels. (default: 0)")
  var labelSmoothing: Double?

  /// Nil if nothing is said.
  var loss: ClassificationLoss? {
    classWeights == nil && labelSmoothing == nil
      ? nil : ClassificationLoss(classWeights: classWeights, labelSmoothing: labelSmoothing ?? 0)
  }
}
