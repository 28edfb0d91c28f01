import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Every kind of bad adapter: a message that names what is wrong, exit status 1, and no model.
  @Suite struct BadAdapterTests {
    enum Kind { case lora, roberta, sparseGrad }

    struct Case: CustomTestStringConvertible, Sendable {
      let kind: Kind
      let testDescription: String
      let message: [String]
      let spoil: @Sendable (SpoilableAdapter) throws -> Void

      init(
        _ kind: Kind, _ name: String, _ message: String...,
        spoil: @escaping @Sendable (SpoilableAdapter) throws -> Void
      ) {
        self.kind = kind
        testDescription = "\(kind): \(name)"
        self.message = message
        self.spoil = spoil
      }
    }

    /// An adapter of changed elements on the tiny model, with its folder.
    private static let changed = Result {
      let run = try TinyRun {
        var settings = SparseGradSettings.paper
        (settings.axes, settings.basisSteps, settings.density) = (.hidden, 1, .count(20))
        $0.method = .sparseGrad(settings)
        ($0.scope, $0.save, $0.maximumSteps) = (.mlp, .adapter, 2)
      }
      _ = try run.job.run()
      return (run.folder, run.output.appendingPathComponent("adapter"))
    }

    private func adapter(_ kind: Kind, in folder: TemporaryFolder) throws -> SpoilableAdapter {
      let source =
        switch kind {
        case .lora: fixtures.appendingPathComponent("adapters/bert-mlp")
        case .roberta: fixtures.appendingPathComponent("adapters/roberta-bias-lora-only")
        case .sparseGrad: try Self.changed.get().1
        }
      try FileManager.default.copyItem(at: source, to: folder("adapter"))
      return SpoilableAdapter(url: folder("adapter"))
    }

    private func predict(_ tiny: TinyCommand) throws -> Command.Result {
      try Command.run(
        [
          "predict", "--model", tiny.model.url.path, "--adapter", tiny.path("adapter"),
          "--precision",
          "float32", "a film",
        ])
    }

    private func merge(_ tiny: TinyCommand) throws -> Command.Result {
      try Command.run([
        "adapter", "merge", "--model", tiny.model.url.path, "--adapter", tiny.path("adapter"),
        "--output", tiny.path("merged"),
      ])
    }

    @Test(arguments: [Kind.lora, .sparseGrad]) func worksAsItIs(kind: Kind) throws {
      let tiny = try TinyCommand()
      _ = try adapter(kind, in: tiny.folder)
      for result in [try predict(tiny), try merge(tiny)] {
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
      }
    }

    @Test(arguments: cases) func isExplained(bad: Case) throws {
      let tiny = try TinyCommand()
      try bad.spoil(adapter(bad.kind, in: tiny.folder))
      for result in [try predict(tiny), try merge(tiny)] {
        #expect(result.status == 1)
        for part in bad.message { #expect(result.errors.contains(part), "\(result.errors)") }
        #expect(result.errors.hasPrefix("Error: ") && result.output.isEmpty)
      }
      #expect(tiny.folder("merged").contents.isEmpty)
    }

    @Test(
      arguments: [
        (["predict", "--model", "", "a film"], "--model"),
        (["predict", "--model", "m", "--adapter", "", "a film"], "--adapter"),
        (["predict", "--model", "m", "--file", ""], "--file"),
        (["evaluate", "--model", "", "--data", "d"], "--model"),
        (["evaluate", "--model", "m", "--adapter", "", "--data", "d"], "--adapter"),
        (["evaluate", "--model", "m", "--data", ""], "--data"),
        (["adapter", "info", ""], "<adapter>"),
        (["adapter", "merge", "--model", "", "--adapter", "a", "--output", "o"], "--model"),
        (["adapter", "merge", "--model", "m", "--adapter", "", "--output", "o"], "--adapter"),
        (["adapter", "merge", "--model", "m", "--adapter", "a", "--output", ""], "--output"),
        (["adapter", "unmerge", "--model", "", "--adapter", "a", "--output", "o"], "--model"),
        (["adapter", "unmerge", "--model", "m", "--adapter", "", "--output", "o"], "--adapter"),
        (["adapter", "extract", "--base", "", "--model", "m", "--output", "o"], "--base"),
        (["adapter", "extract", "--base", "b", "--model", "", "--output", "o"], "--model"),
      ] as [([String], String)])
    func needsPaths(arguments: [String], name: String) throws {
      let result = try Command.run(arguments)
      #expect(result.status == 64 && result.output.isEmpty)
      #expect(
        result.errors.contains("\(name): expected a path, got an empty text"), "\(result.errors)")
    }

    /// A base that is spoilt is not the adapter's fault.
    @Test func blamesTheBase() throws {
      let tiny = try TinyCommand()
      _ = try adapter(.lora, in: tiny.folder)
      let weights = tiny.model.url.appendingPathComponent("model.safetensors")
      let tensors = try SafetensorsFile(weights).tensors.map { tensor in
        let info = tensor.info
        return info.name == "bert.embeddings.LayerNorm.bias"
          ? NamedTensor(info.name, shape: info.shape, [Float](repeating: .nan, count: info.count))
          : NamedTensor(tensor)
      }
      try SafetensorsWriter.write(tensors, to: weights)
      let result = try predict(tiny)
      #expect(result.status == 1)
      #expect(
        result.errors.contains(
          "model.safetensors: tensor \"bert.embeddings.LayerNorm.bias\": holds a number that"),
        "\(result.errors)")
    }

    /// Removing an adapter from a model that it was not merged into would spoil it.
    @Test func unmergesOnlyWhatWasMerged() throws {
      let tiny = try TinyCommand()
      let lora = try adapter(.lora, in: tiny.folder)
      func unmerge() throws -> Command.Result {
        try Command.run([
          "adapter", "unmerge", "--model", tiny.model.url.path, "--adapter", lora.url.path,
          "--output", tiny.path("unmerged"),
        ])
      }
      let withAnotherHead = try unmerge()
      let base = try Fingerprint(of: ModelFolder(tiny.model.url).checkpoint())
      try lora.tensors(metadata: ["base_fingerprint": base.description]) { _ in }
      let untouched = try unmerge()
      for (result, message) in [
        (withAnotherHead, "model: tensor \"classifier.weight\": is not that of"),
        (untouched, "model: is the base of"),
      ] {
        #expect(result.status == 1 && result.errors.contains(message), "\(result.errors)")
      }
      #expect(tiny.folder("unmerged").contents.isEmpty)
    }

    /// Labels that no data can tell apart are not written down either.
    @Test func extractsNoLabelTwice() throws {
      let tiny = try TinyCommand()
      let model = try TinyModel(in: tiny.folder, name: "other")
      try model.configure { $0["id2label"] = ["0": "good", "1": "good"] }
      let result = try Command.run([
        "adapter", "extract", "--base", tiny.model.url.path, "--model", model.url.path,
        "--output", tiny.path("new"),
      ])
      #expect(result.status == 1)
      #expect(
        result.errors.contains("config.json: key \"id2label\": is "), "\(result.errors)")
      #expect(result.errors.contains("expected every label once"), "\(result.errors)")
      #expect(tiny.folder("new").contents.isEmpty)
    }

    @Test func leavesWhatIsThere() throws {
      let tiny = try TinyCommand()
      let adapter = try adapter(.sparseGrad, in: tiny.folder).url.path
      let model = tiny.model.url.path
      for (arguments, message) in [
        (["merge", "--model", model, "--adapter", adapter, "--output", model], "is there already"),
        (
          ["unmerge", "--model", model, "--adapter", adapter, "--output", tiny.path("new")],
          "cannot be taken out"
        ),
        (
          ["extract", "--base", model, "--model", tiny.path("none"), "--output", tiny.path("new")],
          "no such folder"
        ),
        (["info", tiny.path("train.tsv")], "is a file"),
      ] {
        let before = tiny.folder.url.contents + tiny.model.url.contents
        let result = try Command.run(["adapter"] + arguments)
        #expect(result.status == 1 && result.errors.contains(message), "\(result.errors)")
        #expect(tiny.folder.url.contents + tiny.model.url.contents == before)
      }
    }
  }
}

/// An adapter's folder, to be changed.
struct SpoilableAdapter {
  let url: URL

  private var weights: URL { url.appendingPathComponent("adapter_model.safetensors") }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: url.appendingPathComponent(name))
  }

  func configure(_ change: (inout [String: any Sendable]) -> Void) throws {
    var object = try url.json("adapter_config.json")
    change(&object)
    try JSONSerialization.data(withJSONObject: object)
      .write(to: url.appendingPathComponent("adapter_config.json"))
  }

  /// Gives a key, as it stands in the configuration, a value that Foundation does not write.
  func replace(_ key: String, value: String) throws {
    let file = url.appendingPathComponent("adapter_config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    guard let place = text.range(of: key) else { throw InputError(file.path, "has no \(key)") }
    let rest = text[place.upperBound...].drop { !",}\n".contains($0) }
    try Data((text[..<place.upperBound] + value + rest).utf8).write(to: file)
  }

  /// Changes the tensors: they are given and taken by name.
  func tensors(
    metadata: [String: String] = [:], _ change: (inout [String: NamedTensor]) -> Void
  ) throws {
    let file = try SafetensorsFile(weights)
    var tensors = Dictionary(
      uniqueKeysWithValues: file.tensors.map { ($0.info.name, NamedTensor($0)) })
    change(&tensors)
    try SafetensorsWriter.write(
      Array(tensors.values), metadata: file.metadata.merging(metadata) { $1 }, to: weights)
  }

  /// Gives a tensor nothing but one value.
  func fill(_ name: String, _ value: Float) throws {
    try tensors { tensors in
      guard let shape = tensors[name]?.shape else { return }
      tensors[name] = NamedTensor(
        name, shape: shape, [Float](repeating: value, count: shape.reduce(1, *)))
    }
  }

  func cut(_ bytes: Int) throws {
    try Data(contentsOf: weights).dropLast(bytes).write(to: weights)
  }
}
