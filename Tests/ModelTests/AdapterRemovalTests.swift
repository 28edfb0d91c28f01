import Compute
import Foundation
import Layers
import Methods
import Models
import Support
import TestFiles
import Testing
import Weights

@testable import Adapters

/// Taking an adapter of `peft` out of models that it was merged into, or was not.
@Suite(.serialized) struct AdapterRemovalTests {
  private static let replaced = ["classifier.bias", "classifier.weight"]

  /// The base with the adapter, in a folder of its own.
  private struct Merged {
    let fixture: ModelFixture
    let adapter: Adapter
    let engine: Engine
    let model: any TransformerModel

    init() throws {
      fixture = try ModelFixture("bert/classification")
      adapter = try Adapter(folder: fixtures.appendingPathComponent("adapters/bert-mlp"))
      engine = try Engine()
      model = try fixture.folder.model(adapters: [adapter], engine)
    }

    /// What is left of the model when it is saved with these tensors and the adapter is taken out.
    func unmerged(_ tensors: [NamedTensor]) throws -> UnmergedModel {
      let folder = try TemporaryFolder()
      try ModelFolder.write(model.configuration, tensors, tokenizer: nil, to: folder.url)
      return try UnmergedModel(ModelFolder(folder.url), without: adapter, engine)
    }
  }

  @Test func takesOutWhatWasMerged() throws {
    let merged = try Merged()
    let unmerged = try merged.unmerged(merged.model.tensors(merged.engine))
    #expect(unmerged.leftOut == Self.replaced)
    let base = try merged.fixture.folder.checkpoint()
    let names = base.names.filter { !Self.replaced.contains($0) }
    let tensors = unmerged.tensors(merged.engine)
    #expect(tensors.map(\.name).sorted() == names)
    for tensor in tensors {
      var values: [Float] = []
      try tensor.withBytes { values += $0.bindMemory(to: Float.self) }
      #expect(try relativeError(values, base.tensor(tensor.name).floats()) < 1e-5)
    }
  }

  /// A model that somebody has saved in 16 bits holds the adapter's head rounded.
  @Test func knowsARoundedHead() throws {
    let merged = try Merged()
    let tensors = merged.model.parameters.map { parameter in
      let halves = parameter.value.elements.map { UInt16(($0.bitPattern + 0x8000) >> 16) }
      return NamedTensor(parameter.name, .bfloat16, shape: parameter.shape) {
        try halves.withUnsafeBytes($0)
      }
    }
    #expect(try merged.unmerged(tensors).leftOut == Self.replaced)
  }

  /// When another adapter was taken out before, its head, and so that of this one, is not there.
  @Test func saysNothingOfAHeadThatIsNotThere() throws {
    let merged = try Merged()
    let tensors = merged.model.tensors(merged.engine).filter {
      !Self.replaced.contains($0.name)
    }
    #expect(try merged.unmerged(tensors).leftOut == Self.replaced)
  }

  @Test func refusesAnotherHead() throws {
    let merged = try Merged()
    let error = #expect(throws: InputError.self) {
      try UnmergedModel(merged.fixture.folder, without: merged.adapter, merged.engine)
    }
    #expect(error?.location == "tensor \"classifier.weight\"")
  }
}
