import Compute

/// The speed of matrix products on this machine: the ceiling of everything else.
public enum ProductPeak {
  /// Sizes of linear layers, [rows, out, in].
  private static let shapes = [(2048, 3072, 768), (2048, 768, 3072), (1024, 1024, 1024)]
  private static let repetitions = 6

  /// Floating-point operations per second of the fastest product.
  ///
  /// The engine is one of its own, so that its memory is given back before anything else is measured.
  /// - Throws: as `Engine`.
  public static func measure(_ precision: Precision, threads: Int?) throws -> Double {
    let engine = try Engine(precision: precision, threads: threads)
    return shapes.map { rows, output, input in
      engine.scratch.scope {
        let a = operand(rows, input, engine), b = operand(output, input, engine)
        let c = engine.scratch.matrix(rows, output, of: Float.self)
        let seconds = (0..<repetitions).map { _ in
          Stopwatch.seconds { engine.multiply(.nt, a, b, into: c) }
        }
        return 2 * Double(rows * output * input) / (seconds.min() ?? .infinity)
      }
    }.max() ?? 0
  }

  private static func operand(_ rows: Int, _ columns: Int, _ engine: Engine) -> Operand {
    let matrix = engine.scratch.matrix(rows, columns, of: Float.self)
    for i in 0..<matrix.count { matrix.data[i] = Float(i % 251) / 251 - 0.5 }
    return engine.operand(matrix, in: engine.scratch)
  }
}
