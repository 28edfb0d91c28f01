import Adapters
import Compute
import Inference
import Models
import Tasks
import Weights

/// Model and data, loaded and checked.
struct PreparedRun {
  let source: ModelFolder
  /// Of the folder's tensors, and of the model that training starts from, with an adapter's changes.
  let baseFingerprint: Fingerprint, fingerprint: Fingerprint
  let adapter: Adapter?
  let choice: HeadChoice
  let engine: Engine
  let model: any TransformerModel
  let objective: any Objective
  let training: EncodedDataset
  let validation: EncodedDataset?

  var head: HeadConfiguration { choice.head }
}
