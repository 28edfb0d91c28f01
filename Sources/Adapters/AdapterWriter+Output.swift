import Compute
import Foundation
import Layers
import Methods
import Models
import Support
import Weights

extension AdapterWriter {
  /// Writes an adapter's folder; an existing one is replaced.
  /// - Parameters:
  ///   - run: how the final model came about; without it, the difference of the two is written.
  ///   - url: the folder to write.
  /// - Throws: `InputError` when it cannot be written.
  public func write(_ run: Run?, to url: URL) throws {
    let content: (JSONObject, [NamedTensor])
    if let run, case .lora(let settings) = run.method {
      content = try LoRAAdapter(self, run, settings).content()
    } else {
      content = try Delta(self, run).content()
    }
    try AtomicOutput.folder(at: url) { folder in
      try AdapterFile.write(
        content.0, content.1, AdapterMetadata(base: base.fingerprint, head: head), to: folder)
    }
  }
}
