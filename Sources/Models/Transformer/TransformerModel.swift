import Compute
import Layers
import Weights

/// A transformer with a head, as training and inference see it.
public protocol TransformerModel: LayeredModel {
  /// `config.json` as the trained model will carry it.
  var configuration: ConfigurationFile { get }
  /// Names of parameters that the checkpoint did not have and that were drawn anew.
  var newlyInitialized: [String] { get }
  /// Names of the checkpoint's tensors that were left out, because they belong to a head of another kind.
  var ofOtherHeads: [String] { get }
  /// What the model can read.
  var limits: InputLimits { get }
  /// The number of logits.
  var labelCount: Int { get }

  /// The logits [queries, labels] of a batch, without training; they live in the engine's arena of activations.
  func logits(_ batch: TokenBatch, _ engine: Engine) -> Matrix<Float>

  /// A forward and a backward pass: accumulates the gradients of everything that trains.
  /// - Parameters:
  ///   - batch: the sequences, and which of their tokens are read.
  ///   - pass: one of training.
  ///   - loss: given the logits [queries, labels], writes their gradient (of the same shape) and returns the loss.
  /// - Returns: the loss.
  func learn(
    _ batch: TokenBatch, _ pass: Pass,
    _ loss: (_ logits: Matrix<Float>, _ gradient: Matrix<Float>) -> Double
  ) -> Double
}

extension TransformerModel {
  /// The tensors of the trained model, to be written or fingerprinted. What a method adds to a weight
  /// (LoRA) is merged into it.
  public func tensors(_ engine: Engine) -> [NamedTensor] {
    let additions = Dictionary(
      uniqueKeysWithValues: linears.compactMap { site in
        site.linear.learner?.addition.map { (site.linear.weight.name, $0) }
      })
    return parameters.map { parameter in
      NamedTensor(parameter.name, .float32, shape: parameter.shape) { body in
        try parameter.withValue(engine) { value in
          guard let addition = additions[parameter.name] else {
            return try body(UnsafeRawBufferPointer(value.elements))
          }
          try engine.scratch.scope {
            let merged = engine.scratch.matrix(value.rows, value.columns, of: Float.self)
            merged.data.update(from: value.data, count: value.count)
            addition.merge(into: merged, engine)
            try body(UnsafeRawBufferPointer(merged.elements))
          }
        }
      }
    }
  }
}

/// Blocks and the head above them.
final class HeadedTransformer<Body: Transformer, Top: Head>: TransformerModel {
  let configuration: ConfigurationFile
  let parameters: [Parameter]
  let newlyInitialized: [String]
  let ofOtherHeads: [String]
  let limits: InputLimits
  let labelCount: Int
  private let body: Body
  private let head: Top

  /// - Parameters:
  ///   - loader: the one that both parts were loaded by.
  ///   - configuration: `config.json` with the labels, problem type and class of the head.
  init(
    _ body: Body, _ head: Top, _ limits: InputLimits, _ loader: ParameterLoader,
    _ configuration: ConfigurationFile, labelCount: Int
  ) {
    self.body = body
    self.head = head
    self.limits = limits
    self.configuration = configuration
    self.labelCount = labelCount
    parameters = loader.parameters
    newlyInitialized = loader.newlyInitialized
    ofOtherHeads = loader.ofOtherHeads
  }

  var linears: [LinearSite] { body.linears + head.linears }

  func logits(_ batch: TokenBatch, _ engine: Engine) -> Matrix<Float> {
    let logits = engine.activations.matrix(batch.queryCount, labelCount, of: Float.self)
    let start = engine.activations.mark
    _ = forward(batch, into: logits, Pass(engine, .inference))
    engine.activations.reset(to: start)
    return logits
  }

  func learn(
    _ batch: TokenBatch, _ pass: Pass, _ loss: (Matrix<Float>, Matrix<Float>) -> Double
  ) -> Double {
    let arena = pass.engine.activations
    return arena.scope {
      let logits = arena.matrix(batch.queryCount, labelCount, of: Float.self)
      let tapes = forward(batch, into: logits, pass)
      let gradient = arena.matrix(logits.rows, logits.columns, of: Float.self)
      let value = pass.engine.profiled(.loss, .forward) { loss(logits, gradient) }
      backward(gradient, tapes, pass)
      return value
    }
  }

  private func forward(_ batch: TokenBatch, into logits: Matrix<Float>, _ pass: Pass)
    -> (body: Body.Tape, head: Top.Tape)
  {
    let hidden = pass.engine.activations.matrix(logits.rows, body.hiddenSize, of: Float.self)
    let bodyTape = body.forward(batch, into: hidden, pass)
    let headTape = pass.engine.profiled(.head, .forward) {
      head.forward(hidden, into: logits, pass)
    }
    return (bodyTape, headTape)
  }

  private func backward(
    _ gradient: Matrix<Float>, _ tapes: (body: Body.Tape, head: Top.Tape), _ pass: Pass
  ) {
    let scratch = pass.engine.scratch
    scratch.scope {
      let hidden =
        body.isTraining ? scratch.matrix(gradient.rows, body.hiddenSize, of: Float.self) : nil
      pass.engine.profiled(.head, .backward) {
        head.backward(gradient, tapes.head, into: hidden, pass)
      }
      if let hidden { body.backward(hidden, tapes.body, pass) }
    }
  }
}
