import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Matrices that a file has in two bytes an element stay there until they train, and give what they give widened.
  @Suite struct StoredEncoderTests {
    /// Two models of the same numbers: as they are stored, and in float32.
    private struct Pair {
      let folder: TemporaryFolder
      let stored: TinyModel, widened: TinyModel

      init(_ type: TensorType) throws {
        folder = try TemporaryFolder()
        stored = try TinyModel(in: folder, name: "stored")
        widened = try TinyModel(in: folder, name: "widened")
        try Self.rewrite(stored, from: stored, as: type)
        try Self.rewrite(widened, from: stored, as: .float32)
      }

      private static func rewrite(
        _ model: TinyModel, from source: TinyModel, as type: TensorType
      ) throws {
        let file = model.url.appendingPathComponent("model.safetensors")
        let checkpoint = try Checkpoint(folder: source.url)
        let tensors = try checkpoint.names.compactMap { checkpoint[$0] }.map {
          try NamedTensor($0).converted(to: type, source: file.path)
        }
        try SafetensorsWriter.write(tensors, to: file)
      }
    }

    /// The logits of two texts, and the bytes that the weights take.
    private func logits(_ model: TinyModel, _ precision: Precision) throws -> (
      logits: [Float], matrices: Int
    ) {
      let engine = try Engine(precision: precision, threads: 2)
      let folder = try ModelFolder(model.url)
      let model = try folder.model(head: HeadConfiguration(folder.configuration()), engine)
      var batch = TokenBatch()
      batch.append(ids: [2, 9, 13, 25, 3], typeIds: [0, 0, 0, 0, 0])
      batch.append(ids: [2, 17, 40, 3, 61, 3], typeIds: [0, 0, 0, 0, 1, 1])
      batch.queries = model.sequenceToken
      let values = engine.activations.scope { Array(model.logits(batch, engine).elements) }
      return (values, engine.ledger.current[.weights] ?? 0)
    }

    @Test(arguments: [TensorType.bfloat16, .float16], Precision.allCases)
    func givesTheSameLogits(_ type: TensorType, _ precision: Precision) throws {
      let pair = try Pair(type)
      let stored = try logits(pair.stored, precision)
      let widened = try logits(pair.widened, precision)
      #expect(stored.logits.count == 4)
      let largest = widened.logits.map(abs).max() ?? 0
      #expect(largest > 0)
      // Panels may be summed in another order; in bfloat16 that can round an activation otherwise.
      let allowed: Float = precision == .float32 ? 1e-5 : type == .bfloat16 ? 0 : 2e-2
      for (a, b) in zip(stored.logits, widened.logits) {
        #expect(abs(a - b) <= allowed * largest, "\(a) \(b)")
      }
      // Half for the matrices; vectors are widened.
      #expect(Double(stored.matrices) < 0.6 * Double(widened.matrices))
    }

    @Test(arguments: ["full", "lora", "sparsegrad"]) func trainsToTheSameBytes(method: String)
      throws
    {
      let pair = try Pair(.bfloat16)
      try pair.folder.write("train.tsv", TinyData.table(48))
      let results = try [pair.stored, pair.widened].map { model in
        let output = pair.folder("of-" + model.url.lastPathComponent)
        let run = try Command.run([
          "finetune", "--model", model.url.path, "--train-file", pair.folder("train.tsv").path,
          "--output", output.path, "--quiet", "--max-steps", "6", "--batch-size", "8",
          "--learning-rate", "3e-3", "--precision", "bfloat16", "--threads", "2", "--method",
          method,
        ])
        #expect(run.status == 0, "\(run.errors)")
        return try output.data("model.safetensors")
      }
      #expect(results[0] == results[1])
    }
  }
}
