import ArgumentParser
import Foundation
import SparseGrad
import TestSupport

/// Spoils tiny valid files of every kind that is read, and reads them: nothing may crash, hang, need much memory, or
/// be explained by anything but one line.
@main struct Fuzz: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads spoilt files of every kind.",
    subcommands: [Run.self, Write.self, RunWorker.self], defaultSubcommand: Run.self)

  struct Run: ParsableCommand {
    @Option(help: "The seed that inputs depend on.") var seed: UInt64 = 1
    @Option(help: "How many inputs are read.") var inputs = 20_000
    @Option(help: "Number of the first input.") var first = 0
    @Option(help: "Kinds of input, with commas between; all unless given.") var kinds: String?
    @Option(help: "Folder for inputs that make trouble.") var findings = "fuzz-findings"

    func run() throws {
      let folder = try TemporaryFolder()
      let subjects = try Subject.chosen(kinds, in: folder.url)
      let campaign = Campaign(
        seed: seed, indices: first..<first + inputs, subjects: subjects,
        names: subjects.map(\.name),
        work: folder.url)
      let start = ContinuousClock.now
      var count = 0
      try campaign.run { finding in
        count += 1
        say("\(finding.subject) \(finding.index): \(finding.symptom.prefix(300))")
        let place = URL(fileURLWithPath: findings).appendingPathComponent(
          "\(finding.subject)-\(seed)-\(finding.index)")
        let subject = subjects[finding.index % subjects.count]
        try subject.input(seed: seed, index: finding.index).write(to: place)
        try Data((finding.symptom + "\n").utf8).write(
          to: place.appendingPathComponent("symptom.txt"))
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      say("\(inputs) inputs of \(subjects.count) kinds in \(Int(seconds)) s: \(count) findings")
      if count > 0 { throw ExitCode.failure }
    }

    /// At once, also where nobody is at a terminal.
    private func say(_ line: String) {
      FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
  }

  struct Write: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Writes one input, to look at it.")
    @Option var seed: UInt64 = 1
    @Option var kinds: String?
    @Argument(help: "The input's number.") var index: Int
    @Argument(help: "Folder to write.") var output: String

    func run() throws {
      let folder = try TemporaryFolder()
      let subjects = try Subject.chosen(kinds, in: folder.url)
      try subjects[index % subjects.count].input(seed: seed, index: index)
        .write(to: URL(fileURLWithPath: output))
    }
  }

  struct RunWorker: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", shouldDisplay: false)
    @Argument var seed: UInt64
    @Argument var first: Int
    @Argument var end: Int
    @Argument var folder: String
    @Argument var kinds: String

    func run() throws {
      let folder = URL(fileURLWithPath: folder)
      try Worker(
        seed: seed, indices: first..<end, subjects: try Subject.chosen(kinds, in: folder),
        folder: folder.appendingPathComponent("input")
      ).run()
    }
  }
}

extension Subject {
  /// The subjects of the given names, in the order of all.
  fileprivate static func chosen(_ names: String?, in folder: URL) throws -> [Subject] {
    let all = try all(in: folder)
    guard let names = names?.split(separator: ",").map(String.init) else { return all }
    for name in names where !all.contains(where: { $0.name == name }) {
      throw ValidationError("--kinds: \(name): expected \(all.map(\.name).joined(separator: ", "))")
    }
    return all.filter { names.contains($0.name) }
  }
}
