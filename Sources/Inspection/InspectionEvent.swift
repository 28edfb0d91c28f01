/// How far an inspection is.
public enum InspectionEvent: Sendable {
  /// So many of the batches are done that the bases are found from; 0 before the first.
  case basis(step: Int, of: Int)
  /// So many of the batches are done that are looked at, and the mean loss of the last one.
  case step(Int, of: Int, loss: Double)
}
