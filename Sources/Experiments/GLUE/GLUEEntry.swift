import Datasets

/// One place of the comparison's table: a method on a task of a model, trained with one or several seeds.
public struct GLUEEntry: Hashable, Sendable {
  /// The model's name.
  public let model: String
  /// The task.
  public let task: GLUETask
  /// The method.
  public let method: GLUEMethod
}
