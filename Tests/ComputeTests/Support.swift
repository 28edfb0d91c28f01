import Foundation
import Testing

@testable import Compute

/// Numbers from a seed, the same everywhere (SplitMix64).
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// From -1 to 1.
  mutating func next() -> Float { Float(Int64(bitPattern: bits()) >> 39) * 0x1p-24 }

  static func list(_ count: Int, seed: UInt64, scale: Float = 1) -> [Float] {
    var numbers = Numbers(seed: seed)
    return (0..<count).map { _ in numbers.next() * scale }
  }
}

extension Engine {
  /// A matrix of these elements, in memory that lives as long as the engine.
  func matrix(_ rows: Int, _ columns: Int, _ values: [Float]) -> Matrix<Float> {
    let matrix = activations.matrix(rows, columns, of: Float.self)
    _ = matrix.elements.update(from: values)
    return matrix
  }

  /// Numbers between -scale and scale.
  func random(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float = 1) -> Matrix<Float> {
    matrix(rows, columns, Numbers.list(rows * columns, seed: seed, scale: scale))
  }

  func zeros(_ rows: Int, _ columns: Int) -> Matrix<Float> {
    matrix(rows, columns, [Float](repeating: 0, count: rows * columns))
  }
}

/// Runs the same computation on engines of several thread counts: every bit must be the same.
/// - Returns: the result.
func sameBits(
  threads: [Int] = [1, 2, 3], precision: Precision = .float32, _ path: ProductPath? = nil,
  location: SourceLocation = #_sourceLocation, _ compute: (Engine) throws -> [Float]
) throws -> [Float] {
  let results = try threads.map {
    try compute(Engine(precision: precision, threads: $0, products: path))
  }
  for (count, result) in zip(threads, results) {
    let same = result.map(\.bitPattern) == results[0].map(\.bitPattern)
    #expect(
      same, "\(count) threads give another result than \(threads[0])", sourceLocation: location)
  }
  return results[0]
}

extension ProductPath {
  /// What can multiply on this machine.
  static let available = (try? Machine())?.availableProducts ?? []
}

/// The largest |a − b|; infinite when the lists differ in length or a number is not finite.
func largestError(_ a: some Collection<Float>, _ b: some Collection<Double>) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) {
    let error = abs(Double($1.0) - $1.1)
    return error.isFinite ? max($0, error) : .infinity
  }
}

/// Half a unit in the last place of 1: the relative error of one float32 operation.
let unit = 0x1p-24
