import Foundation
import Testing
import Weights

@testable import Compute

/// Products with matrices as files store them, against the plain decoding of `Weights`, which is
/// compared with that of the Python package `gguf` there.
@Suite struct StoredMatrixTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/gguf/types.gguf")

  private static let encodings: [String: StoredMatrix.Encoding] = [
    "F32": .float32, "F16": .float16, "BF16": .bfloat16, "Q4_0": .q4_0, "Q4_1": .q4_1,
    "Q5_0": .q5_0, "Q5_1": .q5_1, "Q8_0": .q8_0, "Q4_K": .q4K, "Q5_K": .q5K, "Q6_K": .q6K,
  ]

  /// Calls `body` with each tensor, as matrix and as the numbers that it stands for.
  private func forEach(
    _ body: (_ name: String, _ matrix: StoredMatrix, _ values: [Float]) throws -> Void
  ) throws {
    let tensors = try GGUFFile(Self.file).tensors
    #expect(tensors.count == Self.encodings.count)
    for tensor in tensors {
      let encoding = try #require(Self.encodings[tensor.info.name])
      let shape = tensor.info.shape
      let values = try tensor.floats()
      try tensor.withUnsafeBytes {
        let matrix = StoredMatrix($0, rows: shape[0], columns: shape[1], encoding)
        try body(tensor.info.name, matrix, values)
      }
    }
  }

  @Test(arguments: InstructionSet.allCases.filter(\.isAvailable))
  func decodesTheSameBits(_ set: InstructionSet) throws {
    let engine = try Engine(threads: 2, instructionSet: set)
    try forEach { name, matrix, values in
      let rows = engine.zeros(2, matrix.columns)
      engine.decode(matrix, rows: 1..<3, into: rows)
      #expect(
        rows.elements.map(\.bitPattern) == values[matrix.columns...].map(\.bitPattern), "\(name)")
    }
  }

  @Test(arguments: [1, 3], InstructionSet.allCases.filter(\.isAvailable))
  func multipliesAsDecodedNumbers(_ count: Int, _ set: InstructionSet) throws {
    let engine = try engineOfSmallPanels(set)
    for (name, bytes, values, rows, columns, encoding) in try largeMatrices() {
      bytes.withUnsafeBytes { raw in
        let stored = StoredMatrix(raw, rows: rows, columns: columns, encoding)
        let decoded = engine.matrix(rows, columns, values)
        let x = engine.random(count, columns, seed: 1), dy = engine.random(count, rows, seed: 2)
        let (y, dx) = (engine.zeros(count, rows), engine.zeros(count, columns))
        engine.multiply(.float32(x), transposed: stored, into: y)
        engine.multiply(.float32(dy), by: stored, into: dx)
        let (exactY, exactDx) = (engine.zeros(count, rows), engine.zeros(count, columns))
        engine.multiply(.nt, x, decoded, into: exactY)
        engine.multiply(.nn, dy, decoded, into: exactDx)
        let scale = values.map(abs).max() ?? 0
        for (found, exact) in [(y, exactY), (dx, exactDx)] {
          let error = zip(found.elements, exact.elements).map { abs($0 - $1) }.max() ?? .infinity
          #expect(error <= 1e-4 * scale, "\(name)")
        }
        #expect(y.elements.contains { $0 != 0 } && dx.elements.contains { $0 != 0 })
      }
    }
  }

  /// In bfloat16 the decoded numbers are rounded as operands are; results are added to what is there if that is asked
  /// for.
  @Test(arguments: [1, 3]) func multipliesBFloat16(_ count: Int) throws {
    let engine = try engineOfSmallPanels()
    for (name, bytes, values, rows, columns, encoding) in try largeMatrices() {
      bytes.withUnsafeBytes { raw in
        let stored = StoredMatrix(raw, rows: rows, columns: columns, encoding)
        let decoded = engine.matrix(rows, columns, values)
        let x = engine.random(count, columns, seed: 1), dy = engine.random(count, rows, seed: 2)
        for (operand, isForward) in [(x, true), (dy, false)] {
          let rounded = engine.activations.matrix(count, operand.columns, of: BFloat16.self)
          engine.round(operand, into: rounded)
          engine.widen(rounded, into: operand)
          let width = isForward ? rows : columns
          let found = engine.random(count, width, seed: 7)
          let exact = engine.random(count, width, seed: 7)
          if isForward {
            engine.multiply(.bfloat16(rounded), transposed: stored, into: found, .add)
            engine.multiply(.nt, operand, decoded, into: exact, .add)
          } else {
            engine.multiply(.bfloat16(rounded), by: stored, into: found, .add)
            engine.multiply(.nn, operand, decoded, into: exact, .add)
          }
          func norm(_ x: some Sequence<Float>) -> Float {
            x.reduce(0) { $0 + $1 * $1 }.squareRoot()
          }
          let error = norm(zip(found.elements, exact.elements).map { $0 - $1 })
          #expect(error <= 0x1p-8 * norm(operand.elements) * norm(values), "\(name)")
        }
      }
    }
  }

  @Test func resultsDoNotDependOnThreads() throws {
    for (_, bytes, _, rows, columns, encoding) in try largeMatrices() {
      for count in [1, 3] {
        _ = try sameBits { engine in
          bytes.withUnsafeBytes { raw in
            let matrix = StoredMatrix(raw, rows: rows, columns: columns, encoding)
            let y = engine.zeros(count, rows)
            let x = engine.random(count, columns, seed: 3)
            engine.multiply(.float32(x), transposed: matrix, into: y)
            let dx = engine.zeros(count, columns)
            engine.multiply(.float32(y), by: matrix, into: dx)
            return Array(y.elements) + Array(dx.elements)
          }
        }
      }
    }
  }

  /// An engine whose panels are so small that the large matrices have several of different sizes.
  private func engineOfSmallPanels(_ set: InstructionSet? = nil) throws -> Engine {
    let engine = try Engine(threads: 2, instructionSet: set)
    engine.panels = PanelSize(elements: 512 * 48, columns: 512)
    return engine
  }

  /// The fixture's rows again and again.
  private func largeMatrices() throws -> [(
    name: String, bytes: [UInt8], values: [Float], rows: Int, columns: Int, StoredMatrix.Encoding
  )] {
    try GGUFFile(Self.file).tensors.map { tensor in
      let (name, repeats) = (tensor.info.name, 80)
      let encoding = try #require(Self.encodings[name])
      let all = tensor.withUnsafeBytes { Array($0) }
      let bytes = Array(repeating: all, count: repeats).flatMap { $0 }
      let values = Array(repeating: try tensor.floats(), count: repeats).flatMap { $0 }
      // Rows of 768 columns: one and a half of the fixture's.
      return (name, bytes, values, 2 * repeats, 768, encoding)
    }
  }
}
