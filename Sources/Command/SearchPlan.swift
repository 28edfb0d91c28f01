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
  /// Flags that name places, which differ between machines, or do not change what is computed.
  private static let uncompared = [
    "model", "data", "train-file", "validation-file", "basis", "threads",
  ]

  /// - Parameters:
  ///   - arguments: flags of `finetune`, as typed.
  ///   - set: dimensions as `flag=values`, which replace those of the space.
  /// - Throws: `ValidationError` about typed flags, `InputError` about the space.
  init(_ arguments: [String], space file: String?, set: [String]) throws {
    let flags = SparseGradCommand.flags(of: Finetune._commandName)
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
      var usual = SearchSpace.standard(for: common.method.trainingMethod)
      usual.remove(usual.flags.filter(fixed.excludes))
      if fixed.names.contains("basis") { usual.remove(["axes"]) }
      for (flag, dimension) in usual.dimensions where space[flag] == nil {
        try space.search(flag, dimension, source: "the usual space")
      }
    }
    self.space = space
    for flag in space.flags {
      for value in space[flag]?.extremes ?? [] {
        try check(flag, value, parser.sources[flag] ?? "the usual space")
      }
    }
  }

  /// A value must be one of `finetune`, alone or with the first values of the others; where methods are searched,
  /// with one that has a use for it.
  private func check(_ flag: String, _ value: String, _ source: String) throws {
    var values = [flag: value]
    if flag != "method", let methods = space["method"]?.extremes {
      let user = methods.first { MethodName(rawValue: $0)?.uses(flag) ?? true }
      guard let user else {
        throw InputError(source, at: "key \"\(flag)\"", "means nothing to the methods searched")
      }
      values["method"] = user
    }
    do {
      _ = try Self.parse(fixed, values)
    } catch let error as ValidationError {
      let others = space.dimensions.compactMapValues(\.extremes.first)
      guard (try? Self.parse(fixed, others.merging(values) { $1 })) == nil else { return }
      throw InputError(source, at: "key \"\(flag)\"", error.message)
    }
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

  /// The flags of a trial; where methods are searched, those that mean something to its own.
  private static func flags(_ fixed: FlagArguments, _ values: [String: String]) -> [String] {
    guard let method = values["method"].flatMap(MethodName.init) else {
      return fixed.with(values)
    }
    return fixed.without(fixed.names.filter { !method.uses($0) })
      .with(values.filter { method.uses($0.key) })
  }

  /// The metric that is searched for, after a look at model and data: what is wrong there would fail every trial.
  /// - Throws: `InputError` when they cannot be used, or there is no data to choose by.
  func metric() throws -> Metric {
    _ = try ModelFolder(URL(fileURLWithPath: common.model))
    let (task, _, validation) = try common.data.load()
    guard validation != nil else {
      throw InputError("--validation-file", "expected a file: trials are compared by their scores")
    }
    return try settings.metric(for: task.kind) ?? task.metrics[0]
  }

  /// How many threads all workers share.
  var threads: Int {
    common.training.compute.threads ?? ProcessInfo.processInfo.activeProcessorCount
  }

  /// The flags that must be equal in all processes of a study.
  var comparedFlags: [String] { fixed.without(Self.uncompared).arguments }

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
