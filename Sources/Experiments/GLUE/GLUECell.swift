/// One run of a comparison.
public struct GLUECell: Hashable, Sendable {
  /// Where in the table it belongs.
  public let entry: GLUEEntry
  /// Its learning rate.
  public let learningRate: Double
  /// Its seed.
  public let seed: UInt64

  /// Its folder inside the output folder.
  public var path: String {
    let names = [
      entry.model, entry.task.folder, entry.method.folder, "lr-\(learningRate)", "seed-\(seed)",
    ]
    return names.joined(separator: "/")
  }

  /// What progress lines call it.
  public var title: String {
    let density = entry.method.density.map { ", density \($0)" } ?? ""
    return "\(entry.model) \(entry.task.folder) \(entry.method.name)\(density), rate "
      + "\(learningRate), seed \(seed)"
  }
}
