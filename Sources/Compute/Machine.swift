import Foundation

/// What this machine computes with.
public struct Machine: Sendable {
  /// The processor's name, as the system tells it.
  public let processor: String
  /// The number of threads that an engine uses unless it is told another.
  public let threads: Int
  /// The instruction sets that kernels are compiled for and that this processor has.
  public let instructionSets: [InstructionSet]
  /// The one that is used.
  public let instructionSet: InstructionSet
  /// What can multiply matrices here.
  public let availableProducts: [ProductPath]
  /// What does.
  public let products: ProductPath
  /// The precision that is faster.
  public let precision: Precision

  /// Looks at this machine.
  /// - Throws: `InputError` when there is no library that multiplies, or the environment asks for what is not there.
  public init() throws {
    processor = Self.processorName() ?? "unknown"
    threads = ProcessInfo.processInfo.activeProcessorCount
    instructionSets = InstructionSet.allCases.filter(\.isAvailable)
    instructionSet = try .highest()
    let kernels = try instructionSet.kernels()
    availableProducts = ProductPath.allCases.filter {
      (try? ProductPath.open([$0], threads: 1, kernels)) != nil
    }
    products = try ProductPath.open(
      ProductPath.preferences(for: instructionSet), threads: 1, kernels
    ).path
    precision = products.fastestPrecision
  }

  private static func processorName() -> String? {
    let lines = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = lines?.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
  }
}
