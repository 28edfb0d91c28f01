import Foundation
import SparseGrad
import TestSupport
import Testing

/// What a method of a comparison means for a model.
@Suite struct GLUEMethodTests {
  private let miniLM = MLPWeights(
    hiddenSize: 384, intermediateSize: 1536, count: 12, modelType: .bert)

  private func lora(
    _ name: String = "lora", density: Double? = 0.01,
    _ change: (inout LoRASettings) -> Void = { _ in }
  ) -> GLUEMethod {
    var settings = LoRASettings()
    change(&settings)
    return GLUEMethod(name, .lora(settings), density: density)
  }

  private func resolved(_ method: GLUEMethod) throws -> LoRASettings {
    guard case .lora(let settings) = method.method(for: miniLM) else {
      throw InputError("test", "expected LoRA")
    }
    return settings
  }

  @Test(arguments: [(0.001, 1), (0.01, 3), (0.05, 15)])
  func alphaFollowsTheRank(density: Double, rank: Int) throws {
    let plain = try resolved(lora(density: density))
    #expect(plain.rank == rank && plain.loraAlpha == Double(rank) && plain.scaling == 1)
    let stabilized = try resolved(lora(density: density) { $0.usesRankStabilization = true })
    #expect(stabilized.rank == rank && stabilized.loraAlpha == Double(rank))
    #expect(abs(stabilized.scaling - Double(rank).squareRoot()) < 1e-12)
    let own = try resolved(
      lora(density: density) {
        $0.rank = 4
        $0.loraAlpha = 16
      })
    #expect(own.rank == rank && abs(own.scaling - 4) < 1e-12)
  }

  @Test func saysOnWhichWeightsLoRAIs() {
    let targets: [(String, TargetModules)] = [
      ("mlp", .mlp), ("all", .allLinear), ("query", .names(["query"])),
      ("inner", .names(["intermediate.dense", "value"])), ("two", .pattern(#".*\.[01]\.output.*"#)),
      ("named", .names(["bert.encoder.layer.5.output.dense"])),
    ]
    let methods = targets.map { name, modules in lora(name) { $0.targetModules = modules } }
    let rank = "rank 3 x (1536 + 384), the rank nearest to 0.01 x 589824 / (1536 + 384)"
    #expect(
      MethodBudget.explanation(of: methods, for: "minilm", miniLM) == [
        "minilm: 12 MLP weights of 1536 x 384 = 589824 elements",
        "  mlp    5760 each: \(rank)",
        "  all    5760 each: \(rank)",
        "  query  0 each: rank 3 is on other layers",
        "  inner  5760 each of 6: \(rank)",
        "  two    5760 each of 2: \(rank)",
        "  named  5760 each of 1: \(rank)",
      ])
    #expect(
      methods.map { MethodBudget.trainedWeights($0.method(for: miniLM), miniLM) }
        == [12, 12, 0, 6, 2, 1])
    #expect(MethodBudget.trainedWeights(.full, miniLM) == 12)
    let roberta = MLPWeights(
      hiddenSize: 384, intermediateSize: 1536, count: 12, modelType: .roberta)
    #expect(MethodBudget.trainedElements(methods[5].method(for: roberta), roberta) == 0)
  }

  private func selecting(_ count: Int, _ candidates: Double?) -> GLUEMethod {
    var settings = SparseGradSettings()
    settings.density = .count(count)
    settings.hiddenCandidates = candidates
    return GLUEMethod("x", .sparseGrad(settings))
  }

  /// Without loading the model: 32 columns outside and 64 inside the feed-forward blocks.
  @Test func isCheckedAgainstTheModel() throws {
    let folder = try TemporaryFolder()
    let model = try GLUEModel(TinyModel(in: folder, name: "tiny").url)
    func problem(_ method: GLUEMethod) throws -> String {
      let error = try #require(throws: InputError.self) { try method.validate(for: model) }
      return error.description
    }
    let fitting = [
      GLUEMethod("full", .full), lora(), lora { $0.targetModules = .names(["query"]) },
      lora { $0.targetModules = .names(["classifier"]) }, selecting(128, 0.0625),
      selecting(200, nil), selecting(2048, nil), selecting(2048, 1),
    ]
    for method in fitting { try method.validate(for: model) }
    let nowhere = lora("lora:target-modules=nowhere") { $0.targetModules = .names(["nowhere"]) }
    #expect(
      try problem(nowhere).hasPrefix(
        "`methods`: \"lora:target-modules=nowhere\" on tiny: `targetModules`: names no"))
    let table = lora { $0.targetModules = .names(["word_embeddings"]) }
    #expect(try problem(table).contains("`targetModules`: names no linear layer"))
    let unreadable = lora { $0.targetModules = .pattern("(") }
    #expect(try problem(unreadable).contains("is not a regular expression"))
    #expect(
      try problem(selecting(129, 0.0625)).hasPrefix(
        "`methods`: \"x\" on tiny: `selected`: 129 is more than the 128 candidates"))
    #expect(try problem(selecting(2049, nil)).contains("is more than the 2048 elements"))
    #expect(try problem(selecting(0, nil)).contains("`selected`: 0 elements, expected at least 1"))
  }
}

/// The same by the command.
extension GLUECommandTests {
  @Test(
    arguments: [
      ("sparsegrad:selected=9,density=0.1", 64, "--density and --selected exclude each other"),
      ("meprop:basis-steps=2", 64, "--basis-steps: has no meaning without a basis"),
      ("sparsegrad-paper:support-interval=9", 64, "--support-interval: has no meaning"),
      ("lora:target-modules=query,value", 64, "\"value\": "),
      ("full,lora:target-modules=.+nowhere", 1, "on tiny: --target-modules: names no linear"),
      (
        "full,lora:target-modules=nowhere+no.where", 1, "on tiny: --target-modules: names no linear"
      ),
      (
        "full,sparsegrad:selected=200,hidden-candidates=0.0625", 1,
        "on tiny: --selected: 200 is more than the 128 candidates"
      ),
    ] as [(String, Int, String)])
  func saysWhatIsWrongWithTheMethods(methods: String, status: Int, message: String) throws {
    let tiny = try TinyGLUE([.rte])
    let result = try Command.run(tiny.glue("--tasks", "RTE", "--methods", methods))
    #expect(result.status == Int32(status))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(tiny.output.contents.isEmpty)
  }

  /// Names of modules have plus signs between them, as commas separate methods.
  @Test func modulesAreNamed() throws {
    let tiny = try TinyGLUE([.rte])
    let flags = tiny.glue(
      "--tasks", "RTE", "--seeds", "1", "--methods", "full,lora:target-modules=query+output.dense")
    let result = try Command.run(flags.filter { $0 != "--quiet" })
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("192 each of 2: rank 2 x (64 + 32)"), "\(result.errors)")
    let cell = try #require(try tiny.records().first { $0.key.contains("query+output.dense") })
    guard case .lora(let settings) = cell.value.setup.settings.method else {
      throw InputError("test", "expected LoRA")
    }
    #expect(settings.targetModules == .names(["query", "output.dense"]))
  }
}
