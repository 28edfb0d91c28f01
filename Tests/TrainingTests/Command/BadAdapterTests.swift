import Foundation
import SparseGrad
import TestSupport
import Testing

extension TrainingRuns {
  /// Every kind of bad adapter: a message that names what is wrong, and exit status 1.
  @Suite struct BadAdapterTests {
    enum Kind { case lora, sparseGrad }

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
        (settings.axes, settings.basisSteps, settings.density) = (.model, 1, .count(20))
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
        case .sparseGrad: try Self.changed.get().1
        }
      try FileManager.default.copyItem(at: source, to: folder("adapter"))
      return SpoilableAdapter(url: folder("adapter"))
    }

    private func predict(_ tiny: TinyCommand) throws -> Command.Result {
      try Command.run(
        ["predict", "--model", tiny.model.url.path, "--adapter", tiny.path("adapter"), "a film"])
    }

    @Test(arguments: [Kind.lora, .sparseGrad]) func worksAsItIs(kind: Kind) throws {
      let tiny = try TinyCommand()
      _ = try adapter(kind, in: tiny.folder)
      let result = try predict(tiny)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }

    @Test(arguments: cases) func isExplained(bad: Case) throws {
      let tiny = try TinyCommand()
      try bad.spoil(adapter(bad.kind, in: tiny.folder))
      let result = try predict(tiny)
      #expect(result.status == 1)
      for part in bad.message { #expect(result.errors.contains(part), "\(result.errors)") }
      #expect(result.errors.hasPrefix("Error: ") && result.output.isEmpty)
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

  func cut(_ bytes: Int) throws {
    try Data(contentsOf: weights).dropLast(bytes).write(to: weights)
  }
}
