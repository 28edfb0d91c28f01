import CKernels

/// The activation function of a feed-forward block, by the names of `config.json`'s `hidden_act`.
public enum Activation: String, CaseIterable, Sendable {
  /// x Φ(x), with the normal distribution's Φ.
  case gelu
  /// GELU's approximation by tanh.
  case geluTanh = "gelu_new"
  /// max(x, 0)
  case relu
  /// x / (1 + exp(-x)), also called swish.
  case silu

  /// Accepts every name `transformers` uses for these functions.
  public init?(name: String) {
    switch name {
    case "gelu_pytorch_tanh": self = .geluTanh
    case "swish": self = .silu
    default: self.init(rawValue: name)
    }
  }

  fileprivate var kernel: ck_activation {
    switch self {
    case .gelu: CK_GELU
    case .geluTanh: CK_GELU_TANH
    case .relu: CK_RELU
    case .silu: CK_SILU
    }
  }
}

extension Engine {
  /// z = x + bias, which the backward pass needs and which may be x; y = activation(z).
  package func activate(
    _ activation: Activation, _ x: Matrix<Float>, bias: Matrix<Float>, keeping z: Operand,
    into y: Operand
  ) {
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.bias_activation(
        activation.kernel, x.data, bias.data, z.kernel, y.kernel, x.columns, $0.lowerBound,
        $0.upperBound)
    }
  }

  /// dx = dy · activation'(z), which may be dy; y = activation(z) again, so that it need not be kept.
  package func activationBackward(
    _ activation: Activation, _ z: Operand, _ dy: Matrix<Float>, into dx: Operand,
    recomputing y: Operand
  ) {
    parallel(dy.count, grain: Self.grain) {
      kernels.activation_backward(
        activation.kernel, z.kernel, dy.data, dx.kernel, y.kernel, $0.lowerBound, $0.upperBound)
    }
  }

  /// y = activation(gate) · up, of the same shape: the middle of a gated feed-forward block (Shazeer, 2020).
  package func activate(
    _ activation: Activation, gate: Operand, up: Operand, into y: Operand
  ) {
    parallel(y.count, grain: Self.grain) {
      kernels.gated_activation(
        activation.kernel, gate.kernel, up.kernel, y.kernel, $0.lowerBound, $0.upperBound)
    }
  }

  /// The gradients of gate and up, either of which may take dy's place; y again, so that it need not be kept.
  package func activationBackward(
    _ activation: Activation, gate: Operand, up: Operand, _ dy: Matrix<Float>,
    gateGradient: Operand, upGradient: Operand, recomputing y: Operand
  ) {
    parallel(dy.count, grain: Self.grain) {
      kernels.gated_activation_backward(
        activation.kernel, gate.kernel, up.kernel, dy.data, gateGradient.kernel, upGradient.kernel,
        y.kernel, $0.lowerBound, $0.upperBound)
    }
  }

  /// x = tanh(x + bias), in place.
  package func tanh(_ x: Matrix<Float>, bias: Matrix<Float>) {
    parallel(x.rows, grain: rowGrain(x.columns)) {
      kernels.bias_tanh(x.data, bias.data, x.columns, $0.lowerBound, $0.upperBound)
    }
  }

  /// dy = dy (1 - y²), in place, for y = tanh(x).
  package func tanhBackward(_ y: Matrix<Float>, _ dy: Matrix<Float>) {
    parallel(y.count, grain: Self.grain) {
      kernels.tanh_backward(y.data, dy.data, dy.data, $0.lowerBound, $0.upperBound)
    }
  }
}
