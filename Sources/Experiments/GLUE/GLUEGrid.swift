import Datasets
import Foundation
import Support
import Training

/// A comparison of methods: models × tasks × methods × seeds, every run in a folder of its own.
///
///     OUTPUT/<model>/<task>/<method>/lr-<rate>/seed-<seed>/cell.json
///
/// Where several learning rates are given, each is tried once, with the tuning seed, for every method and task
/// alike; the best on the validation data is then used with all seeds.
public struct GLUEGrid: Sendable {
  /// The models to start from.
  public var models: [GLUEModel]
  /// The tasks.
  public var tasks: [GLUETask]
  /// The methods.
  public var methods: [GLUEMethod]
  /// The seeds of every table entry.
  public var seeds: [UInt64]
  /// How cells are trained.
  public var recipe = GLUERecipe()
  /// The folder of all tasks.
  public var data: URL
  /// The folder to write.
  public var output: URL
  /// Train only on so many of the first examples.
  public var maximumTrainingSamples: Int?
  /// Which trained models stay.
  public var retention = GLUERetention.none
  /// A folder for the predictions of each entry's best run on the benchmark's test files, if any.
  public var submission: URL?
  /// How many threads compute; all processors unless given.
  public var threads: Int?

  /// A comparison by the paper's recipe.
  public init(
    models: [GLUEModel], tasks: [GLUETask], methods: [GLUEMethod], seeds: [UInt64], data: URL,
    output: URL
  ) {
    self.models = models
    self.tasks = tasks
    self.methods = methods
    self.seeds = seeds
    self.data = data
    self.output = output
  }

  /// The places of the table, in the order in which they are run.
  public var entries: [GLUEEntry] {
    models.flatMap { model in
      tasks.flatMap { task in
        methods.map { GLUEEntry(model: model.name, task: task, method: $0) }
      }
    }
  }

  /// The learning rates of an entry.
  func learningRates(of entry: GLUEEntry) -> [Double] {
    recipe.learningRates(for: entry.method, preset(of: entry))
  }

  /// The runs that choose an entry's learning rate; none where there is only one.
  func tuningCells(of entry: GLUEEntry) -> [GLUECell] {
    let rates = learningRates(of: entry)
    return rates.count < 2
      ? [] : rates.map { GLUECell(entry: entry, learningRate: $0, seed: recipe.tuningSeed) }
  }

  /// The runs that an entry's score is the mean of.
  func scoredCells(of entry: GLUEEntry, learningRate: Double) -> [GLUECell] {
    seeds.map { GLUECell(entry: entry, learningRate: learningRate, seed: $0) }
  }

  func folder(of cell: GLUECell) -> GLUECellFolder {
    GLUECellFolder(url: output.appendingPathComponent(cell.path))
  }

  func model(of entry: GLUEEntry) -> GLUEModel? { models.first { $0.name == entry.model } }

  private func preset(of entry: GLUEEntry) -> GLUEPreset {
    model(of: entry).map { GLUEPreset($0.family, entry.task) } ?? .unlisted
  }

  /// What decides the result of a cell.
  func setup(
    of cell: GLUECell, _ model: GLUEModel, _ data: GLUEData.Identity
  ) -> GLUECellRecord.Setup {
    let entry = cell.entry
    return GLUECellRecord.Setup(
      model: model.name, fingerprint: model.fingerprint, task: entry.task.rawValue,
      method: entry.method.name, density: entry.method.density,
      trainingExamples: data.trainingExamples, validationExamples: data.validationExamples,
      trainingFingerprint: data.trainingFingerprint,
      validationFingerprint: data.validationFingerprint,
      settings: recipe.settings(
        entry.method.method(for: model.weights), preset(of: entry),
        learningRate: cell.learningRate, seed: cell.seed))
  }
}

extension GLUEGrid {
  /// Checks everything that can be checked before the first run.
  /// - Throws: `InputError` naming the flag, or the file and line.
  public func validate() throws {
    try validateSettings()
    for task in tasks {
      let data = try GLUEData(task, in: self.data, limit: maximumTrainingSamples)
      try checkRecords(task, data)
      if submission != nil { _ = try GLUESubmission.tests(of: task, in: self.data) }
    }
  }

  /// The part that needs no data.
  func validateSettings() throws {
    try checkDistinct(models.map(\.name), .models, "folders of different names")
    try checkDistinct(tasks.map(\.folder), .tasks, "different tasks")
    try checkDistinct(methods.map(\.folder), .methods, "different methods")
    try checkDistinct(seeds.map { String($0) }, .seeds, "different seeds")
    try checkRatesAreUsed()
    try checkEqualEffort()
    for entry in entries {
      let rates = learningRates(of: entry)
      try checkDistinct(rates.map { "\($0)" }, .learningRates, "different rates")
      guard let model = model(of: entry) else { continue }
      try entry.method.validate(for: model)
      for rate in rates {
        try recipe.settings(
          entry.method.method(for: model.weights), preset(of: entry), learningRate: rate,
          seed: recipe.tuningSeed
        ).validate()
      }
    }
  }

  /// Runs of other settings that are in the way are found now, not after hours of others.
  private func checkRecords(_ task: GLUETask, _ data: GLUEData) throws {
    for entry in entries where entry.task == task {
      guard let model = model(of: entry) else { continue }
      let scored = learningRates(of: entry).flatMap { scoredCells(of: entry, learningRate: $0) }
      for cell in tuningCells(of: entry) + scored {
        let expected = setup(of: cell, model, data.identity)
        if try folder(of: cell).record(of: expected) == nil {
          try RunFolder.check(folder(of: cell).url, continuesWith: expected.settings)
        }
      }
    }
  }

  private func checkDistinct(_ names: [String], _ setting: Setting, _ expected: String) throws {
    guard !names.isEmpty else { throw InputError(setting, "is empty, expected \(expected)") }
    let again = Dictionary(grouping: names, by: \.self).filter { $1.count > 1 }.keys
    if let name = again.min() {
      throw InputError(setting, "\(name) is there twice, expected \(expected)")
    }
  }

  /// Rates that no method takes are a slip of somebody who believes they are used.
  private func checkRatesAreUsed() throws {
    let names = Set(methods.filter { $0.learningRate == nil }.map(\.base))
    if let rate = recipe.learningRates.first,
      names.allSatisfy({ recipe.learningRatesByMethod[$0] != nil })
    {
      throw InputError(
        .learningRates,
        "\(rate) is for all methods, but each of \(Setting.methods) has rates of its own"
      )
    }
    if let unused = recipe.learningRatesByMethod.keys.filter({ !names.contains($0) }).min() {
      throw InputError(
        .learningRates, "\(unused) has rates, but none of \(Setting.methods) takes them")
    }
  }

  /// Methods that are tuned with different effort cannot be compared.
  private func checkEqualEffort() throws {
    guard let first = entries.first else { return }
    let count = learningRates(of: first).count
    for entry in entries where learningRates(of: entry).count != count {
      throw InputError(
        .learningRates,
        "\(learningRates(of: entry).count) for \(entry.method.name), \(count) for "
          + "\(first.method.name); expected as many for every method")
    }
  }
}
