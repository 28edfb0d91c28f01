import Layers
import Models
import Testing
import Weights

@testable import Compute
@testable import Methods

/// The layers that LoRA can be on, and how they are named.
@Suite(.serialized) struct TargetModulesTests {
  @Test(
    arguments: [
      ("mlp", .mlp), ("all-linear", .allLinear), ("query", .names(["query"])),
      ("query,intermediate.dense", .names(["query", "intermediate.dense"])),
      ("query+intermediate.dense", .names(["query", "intermediate.dense"])),
      ("query+key,value", .names(["query", "key", "value"])), ("", .names([])),
      (".+dense", .pattern(".+dense")), ("bert.+dense", .pattern("bert.+dense")),
      ("query+", .pattern("query+")), ("(query|value)+", .pattern("(query|value)+")),
    ] as [(String, TargetModules)])
  func areRead(text: String, modules: TargetModules) {
    #expect(TargetModules(text) == modules)
  }

  /// What is known of a model's layers before it is loaded is what is there then.
  @Test(arguments: [
    "bert/classification", "bert/pairs", "roberta/classification", "distilbert/classification",
  ])
  func layersAreKnown(name: String) throws {
    let fixture = try ModelFixture(name)
    let model = try fixture.model(try Engine())
    let loaded = model.linears.map { "\($0.role.kind) \($0.linear.module)" }
    let blocks = model.linears.filter { $0.role.kind == .query }.count
    let known = try fixture.folder.modelType().places(blocks: blocks)
    #expect(known.map { "\($0.role.kind) \($0.module)" } == loaded)
  }
}
