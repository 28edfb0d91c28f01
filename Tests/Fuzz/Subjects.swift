import Foundation
import SparseGrad
import TestSupport

extension Subject {
  /// All kinds of input. Some are made by training: in `folder`, once.
  static func all(in folder: URL) throws -> [Subject] {
    let bert = try bertFiles()
    return [
      model("bert", bert), model("bert-vocabulary", try vocabularyFiles(bert)),
      model("roberta", try robertaFiles()), try shards(), try types(),
      try peft("adapter-bert", "bert-new-head", base: bert),
      try peft("adapter-roberta", "roberta-patterns", base: robertaFiles()),
      try changes(bert, in: folder), try basis(bert, in: folder), try run(bert, in: folder),
      try table("tsv"), try table("csv"), try table("jsonl"), glue(), configuration(bert),
      searchSpace(bert),
      model("distilbert", try files(of: "distilbert/classification", like: bert)),
      tagger(try files(of: "tasks/bert-tokens", like: bert)), tags("conll"), tags("jsonl"),
      labelLists(), try tokenizer("tokenizer.json", of: "decoders"),
      try tokenizer("tokenizer.model", of: "sentencepiece"), chatTemplates(), conversations(),
      try reports(bert, in: folder), try decoder("llama"), try decoder("qwen2-window"), try gguf(),
    ]
  }

  private static let examples = [
    Example(text: "a good film!"), Example(text: "the dull, very dull story 12"),
  ]

  // MARK: Models

  private static func bertFiles() throws -> Files {
    let folder = try TemporaryFolder()
    return try Files(below: TinyModel(in: folder).url)
  }

  private static func model(_ name: String, _ files: Files) -> Subject {
    Subject(name: name, files: files, spoilt: files.keys.sorted()) { folder in
      _ = try TextClassifier(folder: folder, threads: 1).predict(examples)
    }
  }

  /// A fixture's model with the tokenizer of another.
  private static func files(of fixture: String, like other: Files) throws -> Files {
    var files = other
    let source = fixtures.appendingPathComponent(fixture)
    for name in ["config.json", "model.safetensors"] { files[name] = try source.data(name) }
    return files
  }

  private static func tagger(_ files: Files) -> Subject {
    Subject(name: "tagger", files: files, spoilt: files.keys.sorted()) { folder in
      _ = try TextClassifier(folder: folder, threads: 1).tag([["a", "good"], ["film!"]])
    }
  }

  private static func tokenizer(_ name: String, of folder: String) throws -> Subject {
    var files = Files()
    files[name] = try fixtures.appendingPathComponent("tokenizers/\(folder)").data(name)
    files["tokenizer_config.json"] = Data(
      #"{"add_bos_token": true, "bos_token": "<s>", "legacy": true, "tokenizer_class": "LlamaTokenizer"}"#
        .utf8)
    return Subject(name: name, files: files, spoilt: files.keys.sorted()) { folder in
      let tokenizer = try Tokenizer(folder: folder)
      for example in examples {
        _ = tokenizer.decode(try tokenizer.encode(example.text + " 🙂 <s>").ids)
      }
    }
  }

  private static func vocabularyFiles(_ bert: Files) throws -> Files {
    var files = bert
    files["tokenizer.json"] = nil
    files["vocab.txt"] = Data(TinyModel.vocabulary.joined(separator: "\n").utf8)
    files["tokenizer_config.json"] = Data(
      #"{"do_lower_case": true, "model_max_length": 40, "unk_token": "[UNK]", "tokenizer_class": "BertTokenizer"}"#
        .utf8)
    files["special_tokens_map.json"] = Data(
      #"{"cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": {"content": "[MASK]", "lstrip": true}}"#
        .utf8)
    return files
  }

  private static func robertaFiles() throws -> Files {
    var files = Files()
    let source = fixtures.appendingPathComponent("roberta/classification")
    for name in ["config.json", "model.safetensors"] { files[name] = try source.data(name) }
    let merges = ["Ġ g", "o o", "Ġg oo", "Ġgoo d", "Ġ f", "i l"]
    let letters = "abcdefghijklmnopqrstuvwxyzĠ!,.".map(String.init)
    var tokens = ["<s>", "<pad>", "</s>", "<unk>"] + letters
    tokens += merges.map { $0.replacingOccurrences(of: " ", with: "") } + ["<mask>"]
    let ids = Dictionary(uniqueKeysWithValues: zip(tokens, tokens.indices))
    files["vocab.json"] = try JSONSerialization.data(withJSONObject: ids, options: .sortedKeys)
    files["merges.txt"] = Data((["#version: 0.2"] + merges).joined(separator: "\n").utf8)
    files["tokenizer_config.json"] = Data(
      #"{"add_prefix_space": false, "model_max_length": 40, "tokenizer_class": "RobertaTokenizer"}"#
        .utf8)
    return files
  }

  private static func shards() throws -> Subject {
    let files = try Files(below: fixtures.appendingPathComponent("checkpoints/sharded"))
    return Subject(name: "shards", files: files, spoilt: files.keys.sorted()) { folder in
      let checkpoint = try Checkpoint(folder: folder)
      for name in checkpoint.names { _ = try checkpoint.tensor(name).floats() }
    }
  }

  private static func types() throws -> Subject {
    let name = "types.safetensors"
    let data = try fixtures.appendingPathComponent("checkpoints").data(name)
    return Subject(name: "tensors", files: [name: data], spoilt: [name]) { folder in
      let checkpoint = try Checkpoint(file: folder.appendingPathComponent(name))
      // Not all types can be read as numbers: that is an error of its own.
      for name in checkpoint.names { _ = try checkpoint.tensor(name).floats() }
    }
  }

  // MARK: Adapters and bases

  private static func adapter(_ name: String, _ adapter: Files, base: Files) -> Subject {
    let adapter = adapter.inFolder("adapter")
    return Subject(
      name: name, files: adapter.merging(base.inFolder("base")) { $1 },
      spoilt: adapter.keys.sorted()
    ) { folder in
      let (base, adapter) = (folder("base"), folder("adapter"))
      _ = try Adapter(folder: adapter).summary
      _ = try TextClassifier(folder: base, adapters: [adapter], threads: 1).predict(examples)
    }
  }

  private static func peft(_ name: String, _ fixture: String, base: Files) throws -> Subject {
    let source = fixtures.appendingPathComponent("adapters").appendingPathComponent(fixture)
    var files = try Files(below: source)
    files["expected.safetensors"] = nil
    return adapter(name, files, base: base)
  }

  private static func changes(_ bert: Files, in folder: URL) throws -> Subject {
    let output = folder("changes")
    if !FileManager.default.fileExists(atPath: output.path) {
      var job = try self.job(bert, in: folder, output: output)
      job.settings.save = .adapter
      _ = try job.run()
    }
    return adapter("adapter-changes", try Files(below: output("adapter")), base: bert)
  }

  private static func job(_ bert: Files, in folder: URL, output: URL) throws -> FineTuning {
    let model = folder("model")
    if !FileManager.default.fileExists(atPath: model.path) { try bert.write(to: model) }
    return try job(model: model, output: output)
  }

  /// Three steps of SparseGrad with a basis.
  private static func job(model: URL, output: URL) throws -> FineTuning {
    var job = FineTuning(model: model, training: try TinyData.dataset(8), output: output)
    var method = SparseGradSettings()
    method.basisSteps = 2
    method.density = .share(0.1)
    job.settings.method = .sparseGrad(method)
    job.settings.batch = .sequences(4)
    job.settings.maximumSteps = 3
    job.settings.saveInterval = 1
    job.threads = 1
    return job
  }

  private static func basis(_ bert: Files, in folder: URL) throws -> Subject {
    let name = "basis.safetensors"
    let file = folder(name), model = folder("model")
    if !FileManager.default.fileExists(atPath: file.path) {
      let settings = try job(bert, in: folder, output: folder("none")).settings
      _ = try BasisSearch(model: model, data: TinyData.dataset(8), settings: settings)
        .run(writingTo: file)
    }
    let files = bert.inFolder("model").merging([name: try Data(contentsOf: file)]) { $1 }
    return Subject(name: "basis", files: files, spoilt: [name]) { folder in
      var job = try job(model: folder("model"), output: folder("output"))
      job.basis = folder(name)
      job.settings.maximumSteps = 1
      job.settings.method = {
        guard case .sparseGrad(var method) = $0 else { return $0 }
        method.basisSteps = SparseGradSettings().basisSteps
        return .sparseGrad(method)
      }(job.settings.method)
      _ = try job.run()
    }
  }

  // MARK: Runs

  /// A run that was interrupted, to be resumed.
  private static func run(_ bert: Files, in folder: URL) throws -> Subject {
    let output = folder("run")
    if !FileManager.default.fileExists(atPath: output.path) {
      let job = try self.job(bert, in: folder, output: output)
      _ = try? job.run { event in
        if case .saved(step: 2) = event { return .stop }
        if case .step(let record) = event, record.step == 2 { return .stop }
        return .continue
      }
      try withoutTimes(output)
    }
    let files = try Files(below: output).filter { !$0.key.hasPrefix(".") }.inFolder("output")
    let all = bert.inFolder("model").merging(files) { $1 }
    return Subject(name: "run", files: all, spoilt: files.keys.sorted()) { folder in
      var job = try job(model: folder("model"), output: folder("output"))
      job.start = .resuming
      _ = try job.run()
    }
  }

  // MARK: Data

  private static func table(_ kind: String) throws -> Subject {
    let sentences = TinyData.sentences(6)
    let name = "data.\(kind)"
    let text =
      switch kind {
      case "tsv": TinyData.table(6)
      case "csv":
        "id,text,label\n"
          + sentences.enumerated().map { "\($0),\"\($1.text), \"\"x\"\"\",\($1.label)\n" }.joined()
      default:
        sentences.map {
          "{\"text\": \"\($0.text)\", \"label\": \"\($0.label)\", \"id\": 1.5, \"x\": null}\n"
        }.joined()
      }
    return Subject(name: kind, files: [name: Data(text.utf8)], spoilt: [name]) { folder in
      let file = folder(name)
      let columns = ColumnNames(text: "text", label: "label")
      _ = try? Dataset(contentsOf: file, columns: columns, targets: .numbers, brokenRows: .skip)
      _ = try Dataset(contentsOf: file, columns: columns, targets: .labels(nil))
    }
  }

  /// Sentences of words with tags.
  private static func tags(_ kind: String) -> Subject {
    let name = "data.\(kind)"
    let sentences = [["the O", "film B-A", "story I-A"], ["good O"], ["actor B-B", "was O"]]
    let text =
      kind == "conll"
      ? sentences.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
      : sentences.map { sentence in
        let fields = sentence.map { $0.split(separator: " ") }
        func list(_ place: Int) -> String {
          fields.map { "\"\($0[place])\"" }.joined(separator: ", ")
        }
        return "{\"tokens\": [\(list(0))], \"tags\": [\(list(1))]}\n"
      }.joined()
    return Subject(name: "tags-\(kind)", files: [name: Data(text.utf8)], spoilt: [name]) { folder in
      _ = try Dataset(wordsOf: folder(name))
    }
  }

  private static func labelLists() -> Subject {
    let files = [
      "a.tsv": Data("text\tlabels\na film\tgood,long\na story\t\nthe end\tgood\n".utf8),
      "b.jsonl": Data(
        "{\"text\": \"a film\", \"labels\": [\"good\", \"long\"]}\n{\"text\": \"x\", \"labels\": []}\n"
          .utf8),
    ]
    return Subject(name: "label-lists", files: files, spoilt: files.keys.sorted()) { folder in
      for name in files.keys.sorted() {
        _ = try Dataset(contentsOf: folder(name), targets: .labelLists(nil, separator: ","))
      }
    }
  }

  private static func glue() -> Subject {
    let rows = TinyData.sentences(6).enumerated()
    func file(_ header: String?, _ row: (Int, String, Bool) -> String) -> Data {
      let lines = rows.map { row($0, $1.text, $1.label == "positive") }
      return Data(((header.map { [$0] } ?? []) + lines).joined(separator: "\n").utf8)
    }
    let files = [
      "CoLA/train.tsv": file(nil) { "gj04\t\($2 ? 1 : 0)\t\t\($1)" },
      "RTE/train.tsv": file("index\tsentence1\tsentence2\tlabel") {
        "\($0)\tthe film\t\($1)\t\($2 ? "entailment" : "not_entailment")"
      },
      "MRPC/train.tsv": file("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String") {
        "\($2 ? 1 : 0)\t\($0)\t\($0)\tthe \" film\t\($1)"
      },
      "STS-B/train.tsv": file(
        "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore"
      ) { "\($0)\tg\tf\t2012\t\($0)\ta\tb\tthe film\t\($1)\t\($2 ? "4.600" : "0.800")" },
      "RTE/test.tsv": file("index\tsentence1\tsentence2") { number, text, _ in
        "\(number)\tthe film\t\(text)"
      },
    ]
    return Subject(name: "glue", files: files, spoilt: files.keys.sorted()) { folder in
      let tasks: [(GLUETask, String)] = [
        (.cola, "CoLA"), (.rte, "RTE"), (.mrpc, "MRPC"), (.stsb, "STS-B"),
      ]
      for (task, name) in tasks {
        _ = try task.dataset(contentsOf: folder("\(name)/train.tsv"))
      }
      _ = try GLUETask.rte.testSet(contentsOf: folder("RTE/test.tsv"))
    }
  }

  // MARK: The command's own files

  /// `finetune --config`, up to the data that is not there.
  private static func configuration(_ bert: Files) -> Subject {
    let text = """
      # A run.
      model: /nowhere/model
      train-file: /nowhere/train.tsv
      output: &output /nowhere/output
      method: sparsegrad
      density: 0.01
      learning-rate: 1e-4
      max-steps: 20
      target-modules: [query, value]
      evaluate-first: true
      """
    return Subject(
      name: "configuration", files: ["run.yaml": Data(text.utf8)], spoilt: ["run.yaml"]
    ) {
      try command(["finetune", "--config", $0("run.yaml").path])
    }
  }

  /// `search --space`, up to the data that is not there.
  private static func searchSpace(_ bert: Files) -> Subject {
    let text = """
      learning-rate: {low: 1e-6, high: 1e-2, log: true}
      batch-size: [8, 16, 32]
      dropout: &range {low: 0, high: 0.3}
      method: [sparsegrad, lora]
      """
    return Subject(
      name: "search-space", files: ["space.yaml": Data(text.utf8)], spoilt: ["space.yaml"]
    ) {
      try command([
        "search", "--space", $0("space.yaml").path, "--output", "/nowhere/output", "--model",
        "/nowhere/model", "--train-file", "/nowhere/train.tsv", "--validation-file",
        "/nowhere/train.tsv",
      ])
    }
  }

  /// Runs the built command: what it says is an error like any other.
  private static func command(_ arguments: [String]) throws {
    let result = try Command.run(arguments)
    guard let status = result.status else { throw Trouble("the command was ended by a signal") }
    guard [1, 64].contains(status) else { throw Trouble("exit status \(status)") }
    let lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.isEmpty && !$0.hasPrefix("Usage:") && !$0.hasPrefix("  See '") }
    throw InputError("command", lines.joined(separator: "\n"))
  }
}

extension URL {
  func callAsFunction(_ name: String) -> URL { appendingPathComponent(name) }
}
