import Foundation
import SparseGrad
import TestSupport
import Testing

extension SearchRuns {
  /// Searches among methods and settings that do not share all flags: a trial gets those that mean something to it.
  @Suite struct SearchMethodsTests {
    private func run(_ search: TinySearch, trials: Int, _ more: [String]) throws -> Command.Result {
      let arguments = search.arguments(
        "--max-steps", "2", "--trials", "\(trials)", "--set", "learning-rate=[1e-3]")
      // It would be regular fine-tuning.
      let method = try #require(arguments.firstIndex(of: "--method"))
      return try Command.run(Array(arguments[..<method] + arguments[(method + 2)...]) + more)
    }

    /// Were the file looked for, there would be an error.
    @Test func aBasisIsForMethodsThatHaveOne() throws {
      let search = try TinySearch()
      let flags = ["--basis", "/nowhere.safetensors", "--set", "method=[lora, full]"]
      let result = try run(search, trials: 2, flags)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try search.states() == ["COMPLETE", "COMPLETE"])
    }

    @Test func settingsAreForThoseThatHaveAUseForThem() throws {
      let search = try TinySearch()
      let flags = [
        "--basis-steps", "2", "--support-interval", "9", "--set",
        "method=[meprop, sparsegrad-paper, sparsegrad, lora]", "--set", "sharing=[per-block]",
      ]
      let result = try run(search, trials: 4, flags)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try search.states() == Array(repeating: "COMPLETE", count: 4))
    }

    /// What is usual with any of the methods is searched, whichever comes first.
    @Test(arguments: ["full, lora", "lora, full", "meprop, lora"])
    func usualSpacesAreJoined(methods: String) throws {
      let search = try TinySearch()
      let result = try run(search, trials: 1, ["--set", "method=[\(methods)]"])
      #expect(result.status == 0, "\(result.errors)")
      // Batch size and dropout are fixed here.
      let searched = "learning-rate, lora-alpha, lora-dropout, method"
      #expect(result.errors.contains("1 trials of \(searched)\n"), "\(result.errors)")
    }

    @Test func otherSettingsDecideToo() throws {
      let search = try TinySearch()
      let flags = [
        "--method", "sparsegrad", "--basis-steps", "2", "--set", "support=[dynamic, periodic]",
        "--set", "support-interval=[7, 9]",
      ]
      let result = try run(search, trials: 3, flags)
      #expect(result.status == 0, "\(result.errors)")
      #expect(try search.states() == Array(repeating: "COMPLETE", count: 3))
    }

    /// Where nothing is searched that would decide it, what is given must mean something.
    @Test func uselessSettingsAreRefused() throws {
      let search = try TinySearch()
      let result = try run(search, trials: 1, ["--method", "meprop", "--basis-steps", "2"])
      #expect(result.status == 64)
      #expect(result.errors.contains("--basis-steps: has no meaning without a basis"))
      #expect(search.tiny.output.contents.isEmpty)
    }
  }
}
