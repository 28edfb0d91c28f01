import ArgumentParser

@main
struct SparseGradCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sparsegrad")
}
