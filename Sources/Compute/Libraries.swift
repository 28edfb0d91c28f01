import CBLAS
import COneDNN
import Foundation
import Support

/// Where native libraries are looked for, in this order: the folder that the environment
/// variable `SPARSEGRAD_LIBRARIES` names; `.deps/lib` in the executable's folder and in all folders above it; `~/.local/share/sparsegrad/lib`; the system's loader path.
enum Libraries {
  /// To be called before anything loads the OpenMP runtime, which reads its settings then.
  static func prepareThreads() {
    // Idle threads spin only briefly: on a busy machine long spins cost far more than waking up. A user's own
    // setting stands.
    setenv("GOMP_SPINCOUNT", "1000", 0)
  }

  static func openOneDNN() throws -> onednn_api {
    var api: UnsafePointer<onednn_api>?
    try open("oneDNN 3.x", ["libdnnl.so.3"]) { path in
      var problem: UnsafePointer<CChar>?
      api = onednn_open(path, &problem)
      return problem
    }
    guard let api else { throw InputError("oneDNN", "cannot be opened") }
    return api.pointee
  }

  static func openBLAS() throws -> blas_sgemm {
    var product: blas_sgemm?
    try open("BLAS", ["libscipy_openblas.so", "libopenblas.so.0"]) { blas_open($0, &product) }
    guard let product else { throw InputError("BLAS", "has no matrix product") }
    return product
  }

  static func openEigensolver() throws -> lapack_ssyevd {
    var solver: lapack_ssyevd?
    try open("LAPACK", ["libscipy_openblas.so", "libopenblas.so.0", "liblapack.so.3"]) {
      lapack_open($0, &solver)
    }
    guard let solver else { throw InputError("LAPACK", "has no symmetric eigensolver") }
    return solver
  }

  /// Tries every place for every name; `attempt` returns nil when it succeeded, else what was wrong.
  private static func open(
    _ library: String, _ names: [String], _ attempt: (String) -> UnsafePointer<CChar>?
  ) throws {
    var problem = "it was not found"
    for folder in folders() {
      for name in names {
        let path = folder + "/" + name
        guard FileManager.default.fileExists(atPath: path) else { continue }
        guard let reason = attempt(path) else { return }
        problem = "\(path): \(String(cString: reason))"
      }
    }
    for name in names where attempt(name) == nil { return }
    throw InputError(
      library,
      "cannot be opened (\(problem)); run Scripts/setup.sh, or set SPARSEGRAD_LIBRARIES to its folder"
    )
  }

  private static func folders() -> [String] {
    let environment = ProcessInfo.processInfo.environment
    var folders = environment["SPARSEGRAD_LIBRARIES"].map { [$0] } ?? []
    // Never the current folder: nobody else's libraries are to be run by starting there.
    var folder = URL(
      fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/self/exe")) ?? "/")
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      folders.append(folder.appendingPathComponent(".deps/lib").path)
    }
    if let home = environment["HOME"] { folders.append(home + "/.local/share/sparsegrad/lib") }
    return folders
  }
}
