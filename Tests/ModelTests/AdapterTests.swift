import Foundation
import Layers
import Models
import Support
import TestFiles
import Testing
import Weights

@testable import Adapters
@testable import Compute
@testable import Methods

/// Adapters that `peft` has written (see Fixtures/generate/adapters.py), and ours beside them.
@Suite(.serialized) struct AdapterTests {
  private static let names = [
    "bert-mlp", "bert-bias-all", "bert-new-head", "roberta-bias-lora-only", "roberta-patterns",
  ]

  private func folder(_ name: String) -> URL {
    fixtures.appendingPathComponent("adapters").appendingPathComponent(name)
  }

  private func configuration(_ folder: URL) throws -> ConfigurationFile {
    try ConfigurationFile(folder.appendingPathComponent(AdapterFile.configurationName))
  }

  private func base(_ name: String) throws -> ModelFixture {
    try ModelFixture(configuration(folder(name)).string("base_model_name_or_path"))
  }

  @Test(arguments: names) func givesTheLogitsOfPeft(_ name: String) throws {
    let (fixture, engine) = (try base(name), try Engine())
    let model = try fixture.folder.model(
      adapters: [Adapter(folder: folder(name))], engine)
    let expected = try Checkpoint(
      file: folder(name).appendingPathComponent("expected.safetensors"))
    for index in 0..<fixture.batchCount {
      let (batch, _) = try fixture.batch(index)
      let logits = engine.activations.scope {
        Array(model.logits(batch, engine).elements)
      }
      let theirs = try expected.tensor("batch.\(index).logits").floats()
      #expect(logits.count == theirs.count)
      #expect(relativeError(logits, theirs) < 1e-5)
    }
  }

  /// Settings for which the fixture is what `peft` writes, and how to draw values for what trains.
  @Test(arguments: [
    ("bert-mlp", LoRASettings.Bias.none, false),
    ("roberta-bias-lora-only", .loraOnly, true),
  ]) func writesTheFilesOfPeft(_ name: String, _ bias: LoRASettings.Bias, _ rslora: Bool) throws {
    let (fixture, engine) = (try base(name), try Engine())
    var settings = LoRASettings()
    (settings.rank, settings.loraAlpha, settings.bias) = (3, 5, bias)
    settings.usesRankStabilization = rslora
    settings.loraDropout = name == "bert-mlp" ? 0.25 : 0
    let head = try fixture.head()
    let (origin, trained) = (try fixture.model(engine), try fixture.model(engine))
    let parts = try trained.train(.lora(settings), scope: .mlp, engine)
    for (index, site) in trained.linears.enumerated() {
      guard let lora = site.linear.learner as? LoRA else { continue }
      let bias = bias == .none ? nil : site.linear.bias
      for parameter in [lora.down, lora.up, bias].compactMap(\.self) {
        let seed = UInt64(index + parameter.count)
        _ = parameter.value.elements.update(
          from: normals(parameter.count, seed: seed, scale: 0.2))
        parameter.valueChanged()
      }
    }
    let work = try TemporaryFolder()
    let state = work("state.safetensors")
    try SafetensorsWriter.write(parts.all.flatMap { $0.state() }, to: state)
    let final = work("final")
    try ModelFolder.write(
      trained.configuration, trained.tensors(engine), tokenizer: nil, to: final)
    let ours = work("adapter")
    try AdapterWriter(
      origin: origin, final: ModelFolder(final).model(head: head, engine), head: head,
      path: fixture.name, fingerprint: try Fingerprint(of: fixture.folder.checkpoint()), engine
    ).write(
      .init(method: .lora(settings), trained: parts, state: Checkpoint(file: state)), to: ours)

    let weights = AdapterFile.weightsName
    func shapes(_ folder: URL) throws -> [String: [Int]] {
      let file = try SafetensorsFile(folder.appendingPathComponent(weights))
      return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.info.name, $0.info.shape) })
    }
    #expect(try shapes(ours) == shapes(folder(name)))
    let (mine, theirs) = (try configuration(ours), try configuration(folder(name)))
    for key in mine.object.keys where key != "modules_to_save" {
      #expect(theirs[key] != nil && mine[key] == theirs[key], "\(key)")
    }
    // peft names both of the heads that it knows of such models.
    #expect(mine["modules_to_save"] == ["classifier"])
    #expect(theirs["modules_to_save"] == ["classifier", "score"])
    // And it makes the very model that was merged while it trained.
    let again = try fixture.folder.model(
      adapters: [Adapter(folder: ours)], engine)
    let merged = try Checkpoint(folder: final)
    #expect(try Fingerprint(of: again.tensors(engine)) == Fingerprint(of: merged))
  }
}
