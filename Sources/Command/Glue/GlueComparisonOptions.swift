import ArgumentParser
import SparseGrad

/// What is compared.
struct GlueComparisonOptions: ParsableArguments {
  @Option(
    help: "Hugging Face folders of the models, separated by commas.", completion: .directory)
  var models: CommaSeparated<String>

  @Option(
    help: "Folder of the GLUE tasks, with the official subfolders; --tables-only needs none.",
    completion: .directory)
  var data: String?

  @Option(
    help:
      "Tasks, separated by commas: CoLA, SST-2, MRPC, STS-B, QQP, MNLI, QNLI, RTE, WNLI, or all.")
  var tasks = CommaSeparated(["all"])

  @Option(
    help: ArgumentHelp(
      "Methods, separated by commas; settings of finetune may follow: sparsegrad:axes=hidden,sharing=per-block.",
      valueName: "methods"))
  var methods = "full,lora,meprop,sparsegrad"

  @Option(help: "Seeds, separated by commas.")
  var seeds = CommaSeparated<UInt64>([1, 2, 3])

  @Option(
    help:
      "Shares of each MLP weight's elements that train, separated by commas; LoRA's rank follows.")
  var density = CommaSeparated([0.01])

  func taskList() throws -> [GLUETask] {
    try tasks.values.flatMap { name in
      if name.lowercased() == "all" { return GLUETask.allCases }
      guard let task = GLUETask(spelled: name) else {
        let known = GLUETask.allCases.map(\.folder).joined(separator: ", ")
        throw InputError("--tasks", "\"\(name)\" is not known, expected all or some of \(known)")
      }
      return [task]
    }
  }

  /// Every method with every density, those without one once.
  func methodList() throws -> [GLUEMethod] {
    for share in density.values {
      var settings = SparseGradSettings()
      settings.density = .share(share)
      try settings.validate()
    }
    let specifications = try MethodSpecification.list(methods)
    let all = try density.values.flatMap { density in
      try specifications.map { try $0.method(density) }
    }
    return all.reduce(into: []) { methods, method in
      if !methods.contains(method) { methods.append(method) }
    }
  }
}
