import Datasets
import Foundation
import Training

/// One place of the comparison's table: a method on a task of a model, trained with one or several seeds.
public struct GLUEEntry: Hashable, Sendable {
  /// The model's name.
  public let model: String
  /// The task.
  public let task: GLUETask
  /// The method.
  public let method: GLUEMethod
}

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
