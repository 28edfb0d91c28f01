import ArgumentParser
import Foundation
import SparseGrad

/// What the trials of a search have in common, and in what they differ.
struct SearchPlan {
  /// What is searched.
  let space: SearchSpace
  private let fixed: FlagArguments
  /// What is the same in all trials.
  private let common: Finetune

  /// Flags whose values decide what a score means, or that are the search's own business.
  private static let unsearchable = [
    "model", "task", "data", "train-file", "validation-file", "metric", "output", "threads",
    "quiet", "json", "resume",
    "overwrite", "config",
  ]
  /// Flags that name places, which differ between machines (digests of the subject say what is there), or do not change what is
  /// computed.
  private static let uncompared = [
    "model", "data", "train-file", "validation-file", "basis", "threads",
  ]

  /// - Parameters:
  ///   - arguments: flags of `finetune`, as typed.
  ///   - set: dimensions as `flag=values`, which replace those of the space.
  /// - Throws: `ValidationError` about typed flags, `InputError` about the space.
  init(_ arguments: [String], space file: String?, set: [String]) throws {
    let flags = Finetune.flags
    fixed = FlagArguments(arguments, flags)
    for flag in ["resume", "overwrite"] where fixed.names.contains(flag) {
      throw ValidationError("--\(flag): a search goes on by itself, expected another --output")
    }
    var parser = SearchSpaceParser(flags.filter { !Self.unsearchable.contains($0.name) })
    if let file { try parser.read(file) }
    for entry in set { try parser.read(entry: entry) }
    for (flag, source) in parser.sources where fixed.excludes(flag) {
      throw InputError(source, at: "key \"\(flag)\"", "is fixed on the command line, too")
    }
    var space = parser.space
    common = try Self.parse(fixed, space["method"]?.extremes.first.map { ["method": $0] } ?? [:])
    if file == nil {
      var usual = try Self.usualSpace(fixed, methods: space["method"]?.extremes)
      usual.remove(usual.flags.filter(fixed.excludes))
      if fixed.names.contains("basis") { usual.remove(["axes"]) }
      for (flag, dimension) in usual.dimensions where space[flag] == nil {
        try space.search(flag, dimension, source: "the usual space")
      }
    }
    guard !space.flags.isEmpty else {
      throw InputError(file ?? "--set", "expected a flag to search and its values")
    }
    self.space = space
    for flag in space.flags {
      for value in space[flag]?.extremes ?? [] {
        try check(flag, value, parser.sources[flag] ?? "the usual space")
      }
    }
  }

  /// What is searched when no file says it; where methods are searched, what is usual with every one of them that it
  /// means something to.
  private static func usualSpace(_ fixed: FlagArguments, methods: [String]?) throws -> SearchSpace {
    let spaces = try (methods?.map { ["method": $0] } ?? [[:]]).map { value in
      let method = try parse(fixed, value).method
      return (method.method, SearchSpace.standard(for: method.trainingMethod))
    }
    var union = SearchSpace()
    for (flag, dimension) in spaces.flatMap(\.1.dimensions)
    where spaces.allSatisfy({ $1[flag] != nil || !$0.uses(flag) }) {
      try union.search(flag, dimension, source: "the usual space")
    }
    return union
  }

  /// A value must be one of `finetune`, and mean something, in one trial at least: with values of the flags that
  /// decide what others mean, alone or with the first values of the others.
  private func check(_ flag: String, _ value: String, _ source: String) throws {
    let others = space.dimensions.compactMapValues(\.extremes.first)
    var problem: String?
    for decision in decisions {
      for values in [decision, others.merging(decision) { $1 }] {
        let trial = values.merging([flag: value]) { $1 }
        do {
          _ = try Self.parse(fixed, trial)
          guard let useless = MethodFlag.problems(with: fixed.with(trial))[flag] else { return }
          if space["method"] == nil { problem = problem ?? "--\(flag): \(useless)" }
        } catch let error as ValidationError {
          problem = problem ?? error.message
        }
      }
    }
    throw InputError(
      source, at: "key \"\(flag)\"", problem ?? "has no meaning for the methods searched")
  }

  /// All combinations of searched values that decide what flags mean.
  private var decisions: [[String: String]] {
    var combinations: [[String: String]] = [[:]]
    for flag in MethodFlag.deciding.sorted() {
      guard let values = space[flag]?.extremes else { continue }
      combinations = combinations.flatMap { combination in
        values.map { combination.merging([flag: $0]) { $1 } }
      }
    }
    return combinations
  }

  private static func parse(_ fixed: FlagArguments, _ values: [String: String] = [:]) throws
    -> Finetune
  {
    do {
      return try Finetune.parse(flags(fixed, values) + ["--output=output"])
    } catch {
      throw ValidationError(Finetune.message(for: error))
    }
  }

  /// The flags of a trial; where what is searched decides which of them mean something, only those.
  private static func flags(_ fixed: FlagArguments, _ values: [String: String]) -> [String] {
    guard !MethodFlag.deciding.isDisjoint(with: values.keys) else { return fixed.with(values) }
    let useless = MethodFlag.problems(with: fixed.with(values)).keys
    return fixed.without(Array(useless)).with(values.filter { !useless.contains($0.key) })
  }

  /// What is searched for, and digests of model and data, after a look at them: what is wrong there would fail every
  /// trial.
  /// - Throws: `InputError` when they cannot be used, or there is no data to choose by.
  func subject() throws -> (metric: Metric, subject: SearchSubject) {
    let model = try ModelFolder(URL(fileURLWithPath: common.model))
    let data = try common.data.load(seed: common.training.seed)
    let (task, training) = (data.task, data.training)
    guard let validation = data.validation else {
      throw InputError("--validation-file", "expected a file: trials are compared by their scores")
    }
    var inputs = [
      "model weights": try Fingerprint(of: model.checkpoint()),
      "training data": try Fingerprint(of: training),
      "validation data": try Fingerprint(of: validation),
    ]
    if let basis = common.basis {
      inputs["bases"] = try Fingerprint(of: Checkpoint(file: URL(fileURLWithPath: basis)))
    }
    let metric = try settings.bestMetric(for: task.kind) ?? task.metrics[0]
    let flags = fixed.without(Self.uncompared).arguments
    return (
      metric, SearchSubject(space: space, flags: flags, inputs: inputs.mapValues(\.description))
    )
  }

  /// How many threads all workers share.
  var threads: Int {
    common.training.compute.threads ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// The arguments of a trial, but for `--output`.
  func arguments(_ parameters: [String: String], threads: Int) -> [String] {
    ["finetune"] + Self.flags(fixed.without(["threads"]), parameters) + [
      "--threads=\(threads)", "--quiet",
    ]
  }

  /// The words of a command that repeats a trial.
  func command(_ parameters: [String: String], output: String) -> [String] {
    [CommandLine.arguments[0], "finetune"] + Self.flags(fixed, parameters) + ["--output=\(output)"]
  }

  private var settings: TrainingSettings {
    common.training.settings(common.method.trainingMethod)
  }
}
