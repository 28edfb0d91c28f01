/// What a trial was asked to run with: the content of its `trial.json`.
package struct TrialRecord: Codable, Sendable {
  /// The name of the file.
  package static let fileName = "trial.json"

  package let number: Int
  /// Values by flag.
  package let parameters: [String: String]
}
