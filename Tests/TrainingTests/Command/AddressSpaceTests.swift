import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// A limit on a process's addresses (`ulimit -v`), as on shared machines and in some containers.
  @Suite struct AddressSpaceTests {
    @Test(arguments: ["full", "lora", "meprop", "sparsegrad"]) func aTinyModelNeedsLittle(
      method: String
    ) throws {
      let tiny = try TinyCommand()
      let result = try limited(1 << 20, tiny.finetune("--method", method))
      #expect(result.status == 0, "\(result.errors)")
    }

    /// Where there is too little, a message says so in one line.
    @Test func tooLittleIsExplained() throws {
      let tiny = try TinyCommand()
      for limit in stride(from: 220_000, to: 400_000, by: 20_000) {
        let result = try limited(
          limit, tiny.finetune("--method", "full", "--overwrite", "--batch-size", "48"))
        #expect(result.status == 0 || result.status == 1, "\(limit): \(result.errors)")
        if result.status == 1 {
          #expect(result.errors.split(separator: "\n").count == 1, "\(limit): \(result.errors)")
        }
      }
    }

    /// So it is where the libraries themselves do not fit, whoever notices.
    @Test func hardlyAnythingIsExplained() throws {
      let tiny = try TinyCommand()
      for limit in stride(from: 110_000, to: 180_000, by: 10_000) {
        for method in ["full", "sparsegrad"] {
          let result = try limited(
            limit, tiny.finetune("--method", method, "--overwrite", "--threads", "2"))
          #expect(result.status == 0 || result.status == 1, "\(limit): \(result.errors)")
          #expect(
            result.errors.split(separator: "\n").count <= 1, "\(limit): \(result.errors)")
        }
      }
    }

    /// Runs the command with so many kilobytes of addresses.
    private func limited(_ kilobytes: Int, _ arguments: [String]) throws -> (
      status: Int32, errors: String
    ) {
      let result = try Command(arguments, addressSpaceLimit: kilobytes).wait()
      return (result.status ?? -1, result.errors)
    }
  }
}
