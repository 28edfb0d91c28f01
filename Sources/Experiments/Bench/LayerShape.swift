import Layers

/// A linear layer [out, in].
struct LayerShape {
  let role: LinearRole
  /// Its name: its weight's without `.weight`.
  let module: String
  let outputSize: Int, inputSize: Int

  var size: Int { outputSize * inputSize }
}
