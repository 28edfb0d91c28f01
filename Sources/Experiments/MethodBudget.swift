import Methods

/// How methods are compared: at equal numbers of trainable elements of the MLP weights.
public enum MethodBudget {
  /// The rank at which LoRA on a weight [out, in] trains about as many elements as a method that trains a share
  /// `density` of them: rank (out + in) ≈ density · out · in; at least 1.
  public static func rank(density: Double, outputSize: Int, inputSize: Int) -> Int {
    let elements = density * Double(outputSize) * Double(inputSize)
    return max(1, Int((elements / Double(outputSize + inputSize)).rounded()))
  }
}
