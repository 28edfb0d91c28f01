import ArgumentParser

struct AdapterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adapter",
    abstract: "Look at adapters, merge them into models, take them out again.",
    subcommands: [AdapterInfo.self, AdapterMerge.self, AdapterUnmerge.self, AdapterExtract.self])
}
