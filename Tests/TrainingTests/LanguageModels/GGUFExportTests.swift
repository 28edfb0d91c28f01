import Foundation
import SparseGrad
import TestSupport
import Testing

/// Models as GGUF files, read again.
@Suite(.serialized) struct GGUFExportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model(_ fixture: String) throws -> URL {
    let model = try TinyLanguageModel(fixture, in: folder)
    try TinyTokenizer.write(to: model.url, preTokenizer: TinyTokenizer.smolLM, template: "{{ 1 }}")
    return model.url
  }

  /// The logits after every token of a text, in float32.
  private func logits(_ folder: ModelFolder) throws -> [Float] {
    let engine = try Engine(precision: .float32)
    let sequence = try #require(try folder.model(head: .languageModel, engine).textSequence())
    return [5, 17, 99, 3, 64, 64, 8].flatMap { sequence.read([$0], engine) }
  }

  private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  static let fixtures = [
    "llama", "llama-biases", "llama-tied", "llama3", "linear", "yarn", "bfloat16", "mistral",
    "qwen2", "qwen2-window", "qwen3",
  ]

  /// In float32 nothing changes: tensors are the same bit by bit, and so are logits but for frequencies that files hold
  /// as float32.
  @Test(arguments: fixtures)
  func nothingIsLost(_ fixture: String) throws {
    let (source, target) = (try model(fixture), folder("model.gguf"))
    let export = try GGUFExport(model: source, as: .float32)
    let summary = try export.write(to: target)
    #expect(summary.notQuantised.isEmpty)
    #expect(["mistral", "qwen2-window"].contains(fixture) == (summary.shortenedContext != nil))
    let (original, written) = (try Checkpoint(folder: source), try Checkpoint(file: target))
    let names = original.names.filter { fixture != "llama-tied" || $0 != "lm_head.weight" }
    #expect(written.names == names)
    for name in names {
      let expected = try original.tensor(name).floats().map(\.bitPattern)
      #expect(try written.tensor(name).floats().map(\.bitPattern) == expected, "\(name)")
    }
    let read = try ModelFolder(target)
    #expect(
      try read.modelType() == (fixture == "mistral" ? .llama : ModelFolder(source).modelType()))
    let expected = try logits(ModelFolder(source))
    #expect(try largestDifference(logits(read), expected) < 1e-5 * (expected.map(abs).max() ?? 1))
  }

  /// A folder of bfloat16 is the same in a file of bfloat16; float32 becomes the nearest numbers of each type.
  @Test(arguments: [TensorType.bfloat16, .float16, .q8_0], ["bfloat16", "llama", "llama-biases"])
  func numbersOfEachType(_ type: TensorType, _ fixture: String) throws {
    let (source, target) = (try model(fixture), folder("model.gguf"))
    let summary = try GGUFExport(model: source, as: type).write(to: target)
    let isNarrow = fixture == "llama-biases" && type == .q8_0
    #expect(summary.notQuantised.isEmpty != isNarrow || fixture != "llama-biases")
    let (original, written) = (try Checkpoint(folder: source), try Checkpoint(file: target))
    for name in written.names {
      let (before, after) = (try original.tensor(name), try written.tensor(name))
      guard before.info.shape.count > 1 else {
        #expect(after.info.type == .float32)
        #expect(try after.floats() == before.floats())
        continue
      }
      let isWhole = before.info.shape[1].isMultiple(of: type.elementsOfBlock)
      #expect(after.info.type == (isWhole ? type : .float16))
      let (values, stored) = (try before.floats(), try after.floats())
      if before.info.type == after.info.type {
        #expect(values == stored)
      }
      // Half of the last place; of Q8_0 half a step of the block's largest, and the rounding of its scale.
      let largest = values.map(abs).max() ?? 0
      let bound =
        largest
        * (after.info.type == .q8_0 ? 0.5 / 127 + 0x1p-11 : type == .bfloat16 ? 0x1p-8 : 0x1p-11)
      #expect(largestDifference(values, stored) <= bound, "\(name)")
    }
    let expected = try logits(ModelFolder(source))
    let share =
      largestDifference(try logits(ModelFolder(target)), expected) / (expected.map(abs).max() ?? 1)
    #expect(share < (type == .q8_0 ? 0.05 : type == .bfloat16 ? 0.04 : 0.005))
  }

  @Test func theTokenizerComesAlong() throws {
    let (source, target) = (try model("llama"), folder("model.gguf"))
    _ = try GGUFExport(model: source, as: .float16).write(to: target)
    let (before, after) = (
      try Tokenizer(ModelFolder(source)), try Tokenizer(ModelFolder(target))
    )
    for text in ["the thin cat", "in a 12 bath.\n", " the  the", "<tool>a</s>b", ""] {
      #expect(try before.encode(text).ids == after.encode(text).ids)
    }
    #expect(before.specialTokens.end == after.specialTokens.end)
    let lists = try #require(try GGUFFile(target).tokenizer())
    #expect(lists.tokens.count == 120 && lists.tokens[119] == "[PAD119]")
    #expect(lists.preTokenizer == "smollm" && lists.chatTemplate == "{{ 1 }}")
    #expect(lists.kinds[1] == 3 && lists.kinds[5] == 1 && lists.kinds[119] == 5)
    #expect(lists.tokens.firstIndex(of: "<tool>").map { lists.kinds[$0] } == 4)
    #expect(lists.addsBeginning == true && lists.addsEnd == false)

    // From a GGUF file everything that is said of tokens and the model stays as it is.
    let again = folder("again.gguf")
    _ = try GGUFExport(model: target, as: .float16).write(to: again)
    #expect(try Data(contentsOf: again) == Data(contentsOf: target))
  }

  /// The command merges adapters; its file writes what base and adapter write.
  @Test func theCommandMergesAdapters() throws {
    let source = try model("llama")
    try folder.write("train.txt", "the thin cat in a bath. ")
    let trained = try Command.run([
      "finetune", "--task", "text", "--model", source.path, "--train-file",
      folder("train.txt").path,
      "--output", folder("tuned").path, "--method", "lora", "--save", "adapter", "--max-steps", "4",
      "--max-length", "32", "--learning-rate", "0.05", "--quiet",
    ])
    #expect(trained.status == 0, "\(trained.errors)")
    let target = folder("tuned.gguf")
    let adapter = folder("tuned/adapter").path
    let arguments = [
      "export", "--model", source.path, "--adapter", adapter, "--output", target.path, "--type",
      "f32",
    ]
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("tensors"))
    let texts = try [(source, [adapter]), (target, [])].map { url, adapters in
      try TextGenerator(
        model: url, adapters: adapters.map { URL(fileURLWithPath: $0) }, precision: .float32
      ).generate("the thin", GenerationSettings()).text
    }
    // Ids without a token are none in a folder, and have names in a file.
    #expect(texts[0] == texts[1].replacing(/\[PAD\d+\]/, with: ""))
    let second = try Command.run(arguments)
    #expect(second.status != 0)
    #expect(second.errors.contains("is there already, expected a file that is new"))
  }

  @Test func whatCannotBeExported() throws {
    let words = try TinyLanguageModel(in: folder, name: "words").url
    let classifier = try TinyLanguageModel("classification", in: folder, name: "classes").url
    let encoder = try TinyModel(.classification, in: folder).url
    for (url, words) in [
      (words, "is not BPE"), (classifier, "expected a class that ends in ForCausalLM"),
      (encoder, "expected a class that ends in ForCausalLM"),
    ] {
      let error = #expect(throws: InputError.self) {
        try GGUFExport(model: url, as: .float16).write(to: folder("none.gguf"))
      }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "none")")
    }
    #expect(!FileManager.default.fileExists(atPath: folder("none.gguf").path))
  }
}
