/// How long the learning rate rises at the beginning.
public enum WarmUp: Codable, Equatable, Sendable {
  /// For a share of all steps.
  case ratio(Double)
  /// For a number of steps.
  case steps(Int)
}

/// How long training takes, and how its learning rate goes.
public struct ScheduleSettings: Codable, Equatable, Sendable {
  /// Passes over the training data.
  public var epochs = 3
  /// Ends training earlier or later than `epochs`, if given.
  public var maximumSteps: Int?
  /// Batches whose gradients make one step.
  public var accumulation = 1
  /// Steps in which the head trains alone, at the highest rate, before a basis is found and anything else moves.
  public var headSteps = 0
  /// How the learning rate falls.
  public var scheduler = LearningRateSchedule.Kind.linear
  /// How it rises first.
  public var warmUp = WarmUp.ratio(0)

  /// The defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case epochs, maximumSteps, accumulation, headSteps, scheduler, warmUp
  }

  /// Reads what is there; the rest has its default value.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    epochs = try values.read(.epochs, else: epochs)
    maximumSteps = try values.read(.maximumSteps, else: maximumSteps)
    accumulation = try values.read(.accumulation, else: accumulation)
    headSteps = try values.read(.headSteps, else: headSteps)
    scheduler = try values.read(.scheduler, else: scheduler)
    warmUp = try values.read(.warmUp, else: warmUp)
  }
}
