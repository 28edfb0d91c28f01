extension Engine {
  /// Counts what `body` does as that of a part, if there is a profiler.
  package func profiled<R>(
    _ part: Profiler.Part, _ phase: Profiler.Phase, _ body: () throws -> R
  ) rethrows -> R {
    guard let profiler else { return try body() }
    return try profiler.measure(part, phase, body)
  }

  /// Counts `body` as one operation, if there is a profiler.
  func measured<R>(
    _ operation: @autoclosure () -> Profiler.Operation, flops: Int = 0, _ body: () throws -> R
  ) rethrows -> R {
    guard let profiler else { return try body() }
    return try profiler.measure(operation(), flops: flops, body)
  }

  /// Runs `body`, which takes one thread and scratch memory.
  func serially<R>(
    file: StaticString = #fileID, function: StaticString = #function, _ body: () throws -> R
  ) rethrows -> R {
    try measured(.function("\(function)", file: "\(file)")) { try scratch.scope(body) }
  }
}
