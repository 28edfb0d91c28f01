import Foundation
import SparseGrad
import TestSupport
import Testing

@Suite struct GLUEPresetTests {
  @Test(
    arguments: [
      (.bert, .stsb, 32, 1.24e-4), (.bert, .rte, 16, 6.81e-5), (.bert, .mnli, 32, 6.07e-6),
      (.robertaBase, .cola, 16, 1.01e-5), (.robertaBase, .sst2, 16, 1.33e-5),
      (.robertaLarge, .qnli, 16, 8.83e-6), (.robertaLarge, .stsb, 32, 7.71e-5),
      (.bert, .wnli, 16, 2e-5),
    ] as [(GLUEPreset.Family, GLUETask, Int, Double)])
  func areThePapers(family: GLUEPreset.Family, task: GLUETask, batchSize: Int, rate: Double) {
    let preset = GLUEPreset(family, task)
    #expect(preset.batchSize == batchSize && preset.learningRate == rate)
  }

  @Test func everyTaskButWNLIHasARow() {
    for family in GLUEPreset.Family.allCases {
      let unlisted = GLUETask.allCases.filter { GLUEPreset(family, $0) == .unlisted }
      #expect(unlisted == [.wnli])
    }
  }

  @Test func modelsFindTheirTable() throws {
    let folder = try TemporaryFolder()
    let tiny = try TinyModel(in: folder)
    #expect(try GLUEModel(tiny.url).family == .bert)
    for (size, family) in [(768, GLUEPreset.Family.robertaBase), (1024, .robertaLarge)] {
      try tiny.configure {
        $0["model_type"] = "roberta"
        $0["hidden_size"] = size
      }
      #expect(try GLUEModel(tiny.url).family == family)
    }
  }

  @Test func recipeIsThePapers() {
    let settings = GLUERecipe().settings
    #expect(settings.epochs == 20 && settings.patience == 5 && settings.scheduler == .constant)
    #expect(settings.maximumGradientNorm == nil && settings.scope == .all)
  }

  @Test func ratesAreOverridden() {
    var recipe = GLUERecipe()
    let preset = GLUEPreset(.bert, .rte)
    let sparse = GLUEMethod("sparsegrad", .sparseGrad(SparseGradSettings.paper), density: 0.01)
    #expect(recipe.learningRates(for: sparse, preset) == [6.81e-5])
    recipe.learningRates = [1e-5, 2e-5]
    #expect(recipe.learningRates(for: sparse, preset) == [1e-5, 2e-5])
    recipe.learningRatesByMethod["sparsegrad"] = [1e-3]
    #expect(recipe.learningRates(for: sparse, preset) == [1e-3])
    #expect(recipe.learningRates(for: GLUEMethod("full", .full), preset) == [1e-5, 2e-5])
    let paper = GLUEMethod(
      "sparsegrad-paper:axes=hidden", sparse.method, base: "sparsegrad-paper", density: 0.01)
    #expect(recipe.learningRates(for: paper, preset) == [1e-5, 2e-5])
    recipe.learningRatesByMethod["sparsegrad-paper"] = [2e-3]
    #expect(recipe.learningRates(for: paper, preset) == [2e-3])
    #expect(recipe.learningRates(for: sparse, preset) == [1e-3])
    let own = GLUEMethod("x", sparse.method, density: 0.01, learningRate: 7e-4)
    #expect(recipe.learningRates(for: own, preset) == [7e-4])
  }
}

@Suite struct MethodBudgetTests {
  /// BERT-base: 24 MLP weights of 3072 × 768.
  private let bert = MLPWeights(
    hiddenSize: 768, intermediateSize: 3072, count: 24, modelType: .bert)
  private let methods = [
    GLUEMethod("full", .full, density: 0.01),
    GLUEMethod("lora", .lora(LoRASettings()), density: 0.01),
    GLUEMethod("meprop", .sparseGrad(.meProp), density: 0.01),
  ]

  /// The paper's ranks: 7 for the base models' 1.19 % and 10 for the large one's.
  @Test func ranksAreThePapers() {
    #expect(MethodBudget.rank(density: 28000 / 2_359_296, outputSize: 3072, inputSize: 768) == 7)
    #expect(MethodBudget.rank(density: 50000 / 4_194_304, outputSize: 4096, inputSize: 1024) == 10)
    #expect(MethodBudget.rank(density: 1e-9, outputSize: 64, inputSize: 32) == 1)
  }

  @Test func saysHowMethodsAreMadeEqual() {
    #expect(
      MethodBudget.explanation(of: methods, for: "bert", bert) == [
        "bert: 24 MLP weights of 3072 x 768 = 2359296 elements",
        "  full    2359296 each: all",
        "  lora    23040 each: rank 6 x (3072 + 768), the rank nearest to "
          + "0.01 x 2359296 / (3072 + 768)",
        "  meprop  23593 each: 0.01 x 2359296",
      ])
  }

  @Test func rankFollowsTheDensityAtTheSameScaling() throws {
    guard case .lora(let settings) = methods[1].method(for: bert) else {
      throw InputError("test", "expected LoRA")
    }
    #expect(settings.rank == 6 && settings.scaling == 1)
    let fixed = GLUEMethod("lora", .lora(LoRASettings()))
    #expect(fixed.method(for: bert) == .lora(LoRASettings()))
    #expect(methods[0].density == nil)
  }
}
