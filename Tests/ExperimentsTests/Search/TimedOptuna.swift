import Foundation
import SparseGrad
import TestSupport

extension Optuna {
  static let isInstalled = (try? Optuna(storage: "")) != nil

  /// Optuna's command for a test. The library waits for it as long as it takes; here it is ended in time.
  static func inTime(_ storage: String) throws -> Optuna {
    try Optuna(storage: storage, environment: ["SPARSEGRAD_OPTUNA": script.get()("optuna").path])
  }

  private static let script = Result {
    let folder = try TemporaryFolder()
    let script = try folder.write(
      "optuna",
      """
      #!/bin/sh
      timeout --kill-after=10 \(Deadline.usual) '\(Optuna(storage: "").executable.path)' "$@"
      status=$?
      if [ $status = 124 ] || [ $status = 137 ]; then
        echo "optuna $*: has not ended within \(Deadline.usual) seconds and was killed" >&2
      fi
      exit $status

      """)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
    return folder
  }
}
