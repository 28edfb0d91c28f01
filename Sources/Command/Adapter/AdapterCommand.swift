import ArgumentParser

struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Inspect adapters, merge them into models, or remove them again.",
    subcommands: [AdapterInfo.self, AdapterMerge.self, AdapterUnmerge.self, AdapterExtract.self])
}
