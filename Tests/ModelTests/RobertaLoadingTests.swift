import Compute
import Foundation
import Layers
import Models
import Support
import TestFiles
import Testing
import Weights

/// What of a RoBERTa folder is taken for what, under the names that published folders use.
@Suite(.serialized) struct RobertaLoadingTests {
  private let headNames = ["dense", "out_proj"].flatMap {
    ["classifier.\($0).weight", "classifier.\($0).bias"]
  }
  private let head = HeadConfiguration.classification(labels: ["a", "b", "c"])

  /// Calls `body` with a changed copy of a fixture.
  private func withFolder(
    renaming: (String) -> String? = { $0 }, adding: [String] = [],
    configuring: (inout ConfigurationFile) -> Void = { _ in },
    _ body: (ModelFolder) throws -> Void
  ) throws {
    let source = try ModelFixture("roberta/classification").folder
    let target = try TemporaryFolder()
    var configuration = try source.configuration()
    configuring(&configuration)
    let checkpoint = try source.checkpoint()
    let tensors = try checkpoint.names.compactMap { name in
      try renaming(name).map { NamedTensor(try checkpoint.tensor(name), name: $0) }
    }
    try ModelFolder.write(
      configuration, tensors + adding.map { NamedTensor($0, shape: [1], [0]) }, tokenizer: nil,
      to: target.url)
    try body(try ModelFolder(target.url))
  }

  /// `RobertaForMaskedLM`, as the hub has `roberta-base`: another head, and numbers beside the weights.
  @Test func maskedLanguageModel() throws {
    let others = [
      "lm_head.bias", "lm_head.dense.weight", "lm_head.decoder.weight",
      "roberta.embeddings.position_ids", "roberta.pooler.dense.weight",
    ]
    try withFolder(renaming: { headNames.contains($0) ? nil : $0 }, adding: others) { folder in
      #expect(try !folder.hasClassificationHead())
      let model = try folder.model(head: head, Engine())
      #expect(model.newlyInitialized == headNames)
      #expect(model.parameters.map(\.name).suffix(4) == headNames[...])
    }
  }

  /// `RobertaModel`: an encoder whose names have no prefix, and a pooler that classification does not use.
  @Test func bareEncoder() throws {
    func bare(_ name: String) -> String? {
      headNames.contains(name) ? nil : String(name.dropFirst("roberta.".count))
    }
    try withFolder(renaming: bare, adding: ["pooler.dense.bias", "embeddings.position_ids"]) {
      let whole = try ModelFixture("roberta/classification").model(Engine())
      let model = try $0.model(head: head, Engine())
      for (a, b) in zip(model.parameters, whole.parameters) where !headNames.contains(a.name) {
        #expect(a.name == b.name && a.value.elements.elementsEqual(b.value.elements))
      }
    }
  }

  /// A new head is new as a whole; weights are drawn, biases are zero.
  @Test func newHead() throws {
    let folder = try ModelFixture("roberta/classification").folder
    #expect(try folder.hasClassificationHead())
    let model = try folder.model(head: .regression, weights: .new, Engine())
    #expect(model.newlyInitialized == headNames)
    let new = Dictionary(uniqueKeysWithValues: model.parameters.map { ($0.name, $0) })
    #expect(new["classifier.out_proj.weight"]?.shape == [1, 32])
    #expect(new["classifier.dense.bias"]?.value.elements.allSatisfy { $0 == 0 } == true)
    let drawn = try #require(new["classifier.dense.weight"]?.value.elements)
    let deviation = (drawn.reduce(0) { $0 + $1 * $1 } / Float(drawn.count)).squareRoot()
    #expect(abs(deviation / 0.02 - 1) < 0.1)
  }

  @Test func writtenConfiguration() throws {
    let model = try ModelFixture("roberta/padding-4").model(Engine())
    #expect(try model.configuration.array("architectures") == ["RobertaForSequenceClassification"])
    #expect(try model.configuration.string("model_type") == "roberta")
    #expect(model.limits.maximumLength == 40)
  }

  @Test func badInput() throws {
    func error(
      adding: [String] = [], _ configure: (inout ConfigurationFile) -> Void
    ) throws -> String? {
      var text: String?
      try withFolder(adding: adding, configuring: configure) { folder in
        text =
          #expect(throws: InputError.self) {
            try folder.model(head: head, Engine())
          }?.description
      }
      return text
    }
    let relative = try error { $0["model_type"] = "xlm-roberta" }
    #expect(relative?.contains("\"xlm-roberta\", expected \"bert\", \"roberta\"") == true)
    let padding = try error { $0["pad_token_id"] = 120 }
    #expect(padding?.contains("pad_token_id") == true && padding?.contains("120") == true)
    let positions = try error { $0["max_position_embeddings"] = 2 }
    #expect(positions?.contains("max_position_embeddings") == true)
    let other = try error(adding: ["roberta.adapter.weight"]) { _ in }
    #expect(other?.contains("roberta.adapter.weight") == true)
  }

  /// Weights of heads for other tasks are no reason to refuse the encoder.
  @Test func headsOfOtherTasks() throws {
    let names = ["classifier.weight", "qa_outputs.bias"]
    try withFolder(adding: names, configuring: { _ in }) { folder in
      let model = try folder.model(head: head, Engine())
      #expect(model.ofOtherHeads == names)
    }
  }
}
