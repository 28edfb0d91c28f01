import Foundation
import SparseGrad
import TestSupport
import Testing
import Weights

/// Fine-tuning of language models, from files to a folder that writes.
@Suite(.serialized) struct LanguageModelTests {
  private let folder: TemporaryFolder
  private let model: TinyLanguageModel

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyLanguageModel(in: folder)
    try folder.write("train.jsonl", TinyLanguageModel.conversations(40))
    try folder.write("held.jsonl", TinyLanguageModel.conversations(12, seed: 2))
  }

  private func job(
    _ method: TrainingMethod, output: String = "output", model: TinyLanguageModel? = nil
  ) throws -> FineTuning {
    var job = FineTuning(
      model: (model ?? self.model).url, task: .files(.conversation),
      training: try Dataset(conversationsOf: folder("train.jsonl")),
      validation: try Dataset(conversationsOf: folder("held.jsonl")), output: folder(output))
    job.settings.method = method
    job.settings.batch = .sequences(8)
    job.settings.maximumSteps = 12
    job.settings.learningRate = 1e-2
    job.settings.maximumLength = 48
    job.evaluatesFirst = true
    return job
  }

  static let methods: [TrainingMethod] = {
    var sparse = SparseGradSettings()
    sparse.density = .share(0.1)
    sparse.basisSteps = 3
    var meProp = SparseGradSettings.meProp
    meProp.density = .share(0.1)
    var core = sparse
    core.selection = .core
    return [
      .full, .sparseGrad(sparse), .sparseGrad(core), .sparseGrad(meProp), .lora(LoRASettings()),
    ]
  }()

  /// Each method makes the loss on unseen conversations smaller; only MLP weights of every third block change.
  @Test(arguments: methods, Precision.allCases)
  func everyMethodLearns(_ method: TrainingMethod, _ precision: Precision) throws {
    var job = try job(method)
    job.settings.precision = precision
    job.settings.save = .both
    let figures = try job.run()
    let (before, after) = (try #require(figures.before?["loss"]), figures.metrics["loss"] ?? 9)
    #expect(after < before - 0.05, "\(before) to \(after)")
    #expect(abs((figures.metrics["perplexity"] ?? 0) - exp(after)) < 1e-6 * exp(after))

    let original = try Checkpoint(folder: model.url), trained = try Checkpoint(folder: job.output)
    #expect(original.names == trained.names)
    let changed = try original.names.filter {
      try original.tensor($0).floats() != trained.tensor($0).floats()
    }
    #expect(
      changed == ["model.layers.0.mlp.down_proj.weight", "model.layers.0.mlp.up_proj.weight"])

    // The folder, and base with adapter, write the same text.
    let adapter = job.output.appendingPathComponent("adapter")
    let texts = try [(job.output, []), (model.url, [adapter])].map { url, adapters in
      try TextGenerator(model: url, adapters: adapters, precision: .float32)
        .answer([ChatTurn(.user, "the film is good")]).text
    }
    #expect(texts[0] == texts[1])
  }

  /// A run that was stopped and resumed ends with the bytes of one that was not, on any number of threads.
  @Test(arguments: methods)
  func resumesExactly(_ method: TrainingMethod) throws {
    var whole = try job(method, output: "whole")
    whole.threads = 2
    _ = try whole.run()
    var stopped = try job(method, output: "stopped")
    stopped.threads = 1
    #expect(throws: TrainingInterrupted.self) {
      try stopped.run { event in
        if case .step(let record) = event, record.step == 5 { .stop } else { .continue }
      }
    }
    stopped.start = .resuming
    _ = try stopped.run()
    for file in ["model.safetensors", "config.json"] {
      #expect(try whole.output.data(file) == stopped.output.data(file), "\(file)")
    }
  }

  /// A core of weights that their file has in bfloat16 makes no float32 copy of them. It learns what it learns of a
  /// float32 file with the same numbers, and a run that was stopped and resumed ends with the same bytes.
  @Test func aCoreLeavesWeightsToTheirFile() throws {
    let stored = try TinyLanguageModel("bfloat16", in: folder, name: "stored")
    let wide = try TinyLanguageModel("bfloat16", in: folder, name: "wide")
    let checkpoint = try Checkpoint(folder: stored.url)
    let tensors = try checkpoint.names.map { name in
      let (tensor, values) = (try checkpoint.tensor(name), try checkpoint.tensor(name).floats())
      return NamedTensor(name, .float32, shape: tensor.info.shape) { body in
        try values.withUnsafeBytes { try body($0) }
      }
    }
    try SafetensorsWriter.write(tensors, to: wide.url.appendingPathComponent("model.safetensors"))
    var settings = SparseGradSettings()
    (settings.density, settings.selection, settings.basisSteps) = (.share(0.1), .core, 3)

    let outputs = try [("from-stored", stored), ("from-wide", wide)].map { output, model in
      var job = try job(.sparseGrad(settings), output: output, model: model)
      job.settings.precision = .float32
      _ = try job.run()
      return try Checkpoint(folder: job.output)
    }
    for name in checkpoint.names {
      let pair = zip(try outputs[0].tensor(name).floats(), try outputs[1].tensor(name).floats())
      #expect(pair.allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    }

    func run(_ method: TrainingMethod, _ output: String, stops: Bool) throws -> RunReport {
      var job = try job(method, output: output, model: stored)
      job.settings.precision = .bfloat16
      if stops {
        #expect(throws: TrainingInterrupted.self) {
          try job.run { event in
            if case .step(let record) = event, record.step == 5 { .stop } else { .continue }
          }
        }
        job.start = .resuming
      }
      return try job.run()
    }
    let whole = try run(.sparseGrad(settings), "whole", stops: false)
    _ = try run(.sparseGrad(settings), "stopped", stops: true)
    #expect(
      try folder("whole").data("model.safetensors") == folder("stopped").data("model.safetensors"))
    // Two bytes of the file, and two of memory.
    let full = try run(.full, "full", stops: false)
    #expect(try #require(whole.peakMemory["weights"]) == #require(full.peakMemory["weights"]))
  }

  /// Computing blocks again in the backward pass changes no bit.
  @Test func recomputing() throws {
    let outputs = try [ActivationCheckpointing.none, .blocks].map { checkpointing in
      var job = try job(.full, output: "\(checkpointing)")
      job.settings.activationCheckpointing = checkpointing
      job.settings.layers = TrainedLayers(layers: MLPLayer.allCases)
      job.settings.scope = .all
      job.settings.precision = .float32
      _ = try job.run()
      return try job.output.data("model.safetensors")
    }
    #expect(outputs[0] == outputs[1])
  }

  /// A step needs no more memory for blocks below the first one that trains.
  @Test func frozenBlocksBelowCostNothing() throws {
    func peak(_ blocks: String) throws -> Int {
      var job = try job(.full, output: "memory-" + blocks)
      job.settings.layers = TrainedLayers(blocks: try BlockSelection(blocks))
      job.settings.maximumSteps = 2
      job.validation = nil
      job.evaluatesFirst = false
      return try #require(job.run().peakMemory["activations"])
    }
    let peaks = try ["2", "1", "0"].map(peak)
    #expect(peaks[0] < peaks[1] && peaks[1] < peaks[2])
  }

  @Test func plainTexts() throws {
    let text = TinyData.sentences(60).map(\.text).joined(separator: "\n")
    try folder.write("train.txt", text)
    try folder.write(
      "held.jsonl", TinyData.sentences(9, seed: 3).map { "{\"text\": \"\($0.text)\"}\n" }.joined())
    let output = folder("text").path
    let run = try Command.run([
      "finetune", "--task", "text", "--model", model.url.path, "--train-file",
      folder("train.txt").path, "--validation-file", folder("held.jsonl").path, "--output", output,
      "--method", "full", "--blocks", "all", "--max-length", "20", "--max-steps", "8",
      "--learning-rate", "1e-2", "--quiet",
    ])
    #expect(run.status == 0, "\(run.errors)")
    let evaluated = try Command.run([
      "evaluate", "--model", output, "--data", folder("held.jsonl").path, "--task", "text",
      "--max-length", "20", "--json", "--quiet",
    ])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let values = try JSONDecoder().decode([String: Double].self, from: Data(evaluated.output.utf8))
    let figures = try folder("text").figures()
    #expect(values.keys.sorted() == ["loss", "perplexity"])
    #expect(abs((values["loss"] ?? 0) - (figures.metrics["loss"] ?? 1)) < 1e-9)
  }

  @Test func writesAndChats() throws {
    let greedy = try Command.run([
      "generate", "--model", model.url.path, "--prompt", "the film is", "--max-new-tokens", "9",
      "--json",
    ])
    #expect(greedy.status == 0, "\(greedy.errors)")
    let line = try jsonObject(Data(greedy.output.utf8))
    #expect(line["prompt_tokens"] as? Int == 3)
    #expect((line["tokens"] as? [Int])?.count ?? 99 <= 9)
    let plain = try Command.run(
      [
        "generate", "--model", model.url.path, "--prompt", "-", "--max-new-tokens", "9", "--quiet",
        "--top-k", "1", "--temperature", "3",
      ], input: "the film is")
    #expect(plain.output == (line["text"] as? String ?? "") + "\n")

    // Two turns of a conversation say what each prompt gives when it is read as a whole.
    let said = ["the film is good", "and the story"]
    let chat = try Command.run(
      ["chat", "--model", model.url.path, "--max-new-tokens", "6", "--quiet"],
      input: said.joined(separator: "\n") + "\n/quit\n")
    #expect(chat.status == 0, "\(chat.errors)")
    let generator = try TextGenerator(model: model.url)
    var settings = GenerationSettings()
    settings.maximumTokens = 6
    var turns: [ChatTurn] = []
    var expected = ""
    for text in said {
      turns.append(ChatTurn(.user, text))
      let answer = try generator.answer(turns, settings).text
      turns.append(ChatTurn(.assistant, answer))
      expected += answer + "\n"
    }
    #expect(chat.output == expected)
  }

  @Test func errors() throws {
    let encoder = try TinyModel(in: folder, name: "encoder")
    try folder.write("broken.jsonl", "{\"messages\": []}\n")
    func message(_ arguments: String...) throws -> String {
      let result = try Command.run(arguments)
      #expect(result.status != 0 && result.output.isEmpty)
      return result.errors
    }
    func finetune(_ model: URL, _ file: String, _ more: String...) throws -> String {
      let result = try Command.run(
        [
          "finetune", "--task", "conversation", "--model", model.path, "--train-file",
          folder(file).path, "--output", folder("none").path,
        ] + more)
      #expect(result.status != 0)
      return result.errors
    }
    #expect(
      try finetune(encoder.url, "train.jsonl").contains(
        "model_type\": is \"bert\", expected that of a language model for the task conversation"))
    #expect(
      try finetune(model.url, "broken.jsonl").contains("line 1: has no turn of the assistant"))
    #expect(
      try finetune(model.url, "train.jsonl", "--blocks", "0-9").contains(
        "--blocks: names block 9, but the last one is 2"))
    #expect(
      try finetune(model.url, "train.jsonl", "--blocks", "first").contains(
        "--blocks: \"first\", expected all, every:3 for example"))
    #expect(
      try message("generate", "--model", encoder.url.path, "--prompt", "x").contains(
        "expected that of a language model"))
    #expect(
      try message("generate", "--model", model.url.path, "--prompt", "").contains(
        "--prompt: has no tokens"))
    #expect(
      try message("generate", "--model", model.url.path, "--prompt", "x", "--top-p", "0").contains(
        "--top-p: expected above 0, at most 1"))
    try model.configureTokenizer([
      "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "[SEP]",
    ])
    #expect(
      try finetune(model.url, "train.jsonl").contains(
        "has no chat template, expected chat_template in tokenizer_config.json"))
    try model.configureTokenizer([
      "tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "[SEP]",
      "chat_template": "{{ raise_exception('no') }}",
    ])
    #expect(
      try finetune(model.url, "train.jsonl").contains(
        "tokenizer_config.json: chat template, line 1: the template refuses this: no"))
  }
}
