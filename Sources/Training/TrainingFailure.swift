/// A run that has ended without a result, with a sentence that says why.
public protocol TrainingFailure: Error, CustomStringConvertible {}
