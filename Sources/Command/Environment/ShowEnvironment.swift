import ArgumentParser
import SparseGrad

/// `sparsegrad env`, as `transformers env`: what a report of a fault or a table of times has to say of the machine.
struct ShowEnvironment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "env",
    abstract:
      "Show the processor, instruction sets and libraries in use, for bug reports and benchmarks.")

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() throws {
    let machine = try Machine()
    let lines: [(name: String, value: String)] = [
      ("sparsegrad", sparsegradVersion),
      ("processor", machine.processor),
      ("threads", "\(machine.threads)"),
      ("instruction sets", machine.instructionSets.map(\.rawValue).joined(separator: ", ")),
      ("kernels", machine.instructionSet.rawValue),
      ("products", machine.products.rawValue),
      ("products available", machine.availableProducts.map(\.rawValue).joined(separator: ", ")),
      ("precision auto", machine.precision.rawValue),
    ]
    if json {
      try Console.printJSON(Dictionary(lines, uniquingKeysWith: { $1 }))
    } else {
      for (name, value) in lines { try Console.print("\(name): \(value)") }
    }
  }
}
