import CKernels
import Foundation
import Support

/// The instruction sets that the engine's own kernels are compiled for, each a superset of the one before.
public enum InstructionSet: String, CaseIterable, Comparable, Sendable {
  /// What every processor of the target has.
  case baseline
  /// AVX2 and FMA, on x86-64.
  case v3 = "x86-64-v3"
  /// AVX-512, on x86-64.
  case v4 = "x86-64-v4"
  /// AVX-512 with AVX512_BF16, which multiplies pairs of bfloat16, on x86-64.
  case bfloat16 = "x86-64-v4-bf16"

  /// The environment variable that names the highest set to use, for tests and reports of faults.
  public static let variable = "SPARSEGRAD_INSTRUCTION_SET"

  /// Whether this processor has it.
  public var isAvailable: Bool { ck_kernels_for(kernel) != nil }

  /// The highest set that this processor has and that the environment allows.
  /// - Throws: `InputError` when the environment names none.
  public static func highest() throws -> InstructionSet {
    var limit = InstructionSet.bfloat16
    if let name = ProcessInfo.processInfo.environment[variable] {
      guard let named = InstructionSet(rawValue: name) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw InputError(variable, "\(name) is not known, expected \(known)")
      }
      limit = named
    }
    return allCases.last { $0 <= limit && $0.isAvailable } ?? .baseline
  }

  /// The kernels that are compiled for it.
  /// - Throws: `InputError` when this processor does not have it.
  func kernels() throws -> ck_kernels {
    guard let kernels = ck_kernels_for(kernel) else {
      throw InputError(Self.variable, "this processor does not have \(rawValue)")
    }
    return kernels.pointee
  }

  private var kernel: ck_instruction_set {
    switch self {
    case .baseline: CK_BASELINE
    case .v3: CK_X86_64_V3
    case .v4: CK_X86_64_V4
    case .bfloat16: CK_X86_64_BF16
    }
  }

  /// Whether `b` has all of `a` and more.
  public static func < (a: InstructionSet, b: InstructionSet) -> Bool {
    a.kernel.rawValue < b.kernel.rawValue
  }
}
