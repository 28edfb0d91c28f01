import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// What the command says of the machine, and the variables that choose what computes.
  @Suite(.namesCommands) struct EnvironmentTests {
    private func environment(_ variables: String...) throws -> ChildProcess.Result {
      try Command(["env"], environment: variables).wait()
    }

    @Test func namesWhatComputes() throws {
      let machine = try Machine()
      let lines = try environment().lines
      #expect(lines.contains("kernels: \(machine.instructionSet.rawValue)"))
      #expect(lines.contains("products: \(machine.products.rawValue)"))
      #expect(lines.contains("precision auto: \(machine.precision.rawValue)"))
    }

    @Test func variablesChoose() throws {
      for set in try Machine().instructionSets {
        let lines = try environment("SPARSEGRAD_INSTRUCTION_SET=\(set.rawValue)").lines
        #expect(lines.contains("kernels: \(set.rawValue)"))
      }
      for path in try Machine().availableProducts {
        let lines = try environment("SPARSEGRAD_PRODUCTS=\(path.rawValue)").lines
        #expect(lines.contains("products: \(path.rawValue)"))
      }
    }

    @Test(arguments: ["SPARSEGRAD_INSTRUCTION_SET", "SPARSEGRAD_PRODUCTS"])
    func unknownValuesAreErrors(variable: String) throws {
      let result = try environment("\(variable)=fast")
      #expect(result.status == 1)
      #expect(result.errors.hasPrefix("Error: \(variable): fast is not known, expected "))
    }

    @Test func aPathThatIsNotThereIsAnError() throws {
      let machine = try Machine()
      for path in ProductPath.allCases where !machine.availableProducts.contains(path) {
        let result = try environment("SPARSEGRAD_PRODUCTS=\(path.rawValue)")
        #expect(result.status == 1 && result.errors.hasPrefix("Error: "))
      }
    }

    /// A run that was begun in one precision goes on in it, whatever is faster.
    @Test func aResumedRunKeepsItsPrecision() throws {
      let tiny = try TinyCommand()
      let begun = try Command.run(
        tiny.finetune("--method", "full", "--max-steps", "2", "--precision", "bfloat16"))
      #expect(begun.status == 0)
      let more = try Command.run(
        tiny.finetune("--method", "full", "--max-steps", "2", "--precision", "auto", "--resume"))
      #expect(more.status == 0)
      let state = try tiny.output.json("training_state.json")
      let settings = state["settings"] as? [String: any Sendable]
      let run = settings?["run"] as? [String: any Sendable]
      #expect(run?["precision"] as? String == "bfloat16")
    }
  }
}
