import CKernels
import Foundation
import Support

/// What multiplies matrices, and how it takes operands in bfloat16.
///
/// docs/engine.md has the measurements behind the choice.
public enum ProductPath: String, CaseIterable, Sendable {
  /// oneDNN, which multiplies float32, and bfloat16 as it is.
  case oneDNN = "onednn"
  /// oneDNN, which multiplies float32; bfloat16 is widened tile by tile.
  case oneDNNWidened = "onednn-widened"
  /// BLAS (OpenBLAS), which multiplies float32; bfloat16 is widened tile by tile.
  case blas

  /// The environment variable that names the path to use, for tests and reports of faults.
  public static let variable = "SPARSEGRAD_PRODUCTS"

  /// The precision that is faster on this path.
  public var fastestPrecision: Precision { self == .oneDNN ? .bfloat16 : .float32 }

  /// The paths for a processor, the best first; the others are for when its library is not there.
  static func preferences(for set: InstructionSet) throws -> [ProductPath] {
    if let name = ProcessInfo.processInfo.environment[variable] {
      guard let named = ProductPath(rawValue: name) else {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        throw InputError(variable, "\(name) is not known, expected \(known)")
      }
      return [named]
    }
    return switch set {
    case .bfloat16: [.oneDNN, .oneDNNWidened, .blas]
    case .v4: [.oneDNNWidened, .blas]
    case .baseline, .v3: [.blas, .oneDNNWidened]
    }
  }

  /// Opens the first path whose libraries are there.
  /// - Throws: `InputError` of the first when none is.
  static func open(_ paths: [ProductPath], threads: Int, _ kernels: ck_kernels) throws
    -> (path: ProductPath, provider: any ProductProvider)
  {
    Libraries.prepareThreads()
    var problem: (any Error)?
    for path in paths {
      do {
        return (path, try path.open(threads: threads, kernels))
      } catch {
        problem = problem ?? error
      }
    }
    throw problem ?? InputError(variable, "names no path")
  }

  private func open(threads: Int, _ kernels: ck_kernels) throws -> any ProductProvider {
    switch self {
    case .oneDNN: try OneDNNProducts(types: [.float32, .bfloat16])
    case .oneDNNWidened:
      try WideningProducts(OneDNNProducts(types: [.float32]), threads: threads, kernels)
    case .blas: try WideningProducts(BLASProducts(), threads: threads, kernels)
    }
  }
}

extension Precision {
  /// The precision in which this machine multiplies faster: bfloat16 where the processor and the library multiply it
  /// as it is, else float32.
  /// - Throws: `InputError` when there is no library that multiplies.
  public static func fastest() throws -> Precision {
    let set = try InstructionSet.highest()
    return try ProductPath.open(ProductPath.preferences(for: set), threads: 1, set.kernels())
      .path.fastestPrecision
  }
}
