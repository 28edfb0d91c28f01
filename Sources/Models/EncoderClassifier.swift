import Compute
import Layers
import Support
import Weights

/// BERT or RoBERTa with a classification head: `BertForSequenceClassification` and
/// `RobertaForSequenceClassification` of `transformers`.
final class EncoderClassifier: SequenceClassifier {
  /// `config.json`, its labels, problem type and architecture those of the head.
  let configuration: ConfigurationFile
  /// The tables, then block after block, and the head.
  let parameters: [Parameter]
  let newlyInitialized: [String]
  let ofOtherHeads: [String]
  let labelCount: Int
  var loss: Loss

  private let shape: EncoderConfiguration
  private let encoder: Encoder
  private let head: ClassificationHead
  private var tape: (encoder: Encoder.Tape, head: ClassificationHead.Tape)?

  /// A model of the shape that `file` describes.
  /// - Parameters:
  ///   - head: what the head tells apart, and where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  /// - Throws: `InputError` naming the key or tensor at fault.
  init(
    _ file: ConfigurationFile, _ architecture: EncoderArchitecture, _ weights: WeightSource,
    head: HeadConfiguration, _ headWeights: HeadWeights, dropout: Float?, seed: UInt64,
    _ engine: Engine
  ) throws {
    var shape = try EncoderConfiguration(file, architecture)
    if let dropout {
      (shape.hiddenDropout, shape.attentionDropout) = (dropout, dropout)
      shape.classifierDropout = dropout
    }
    let loader = ParameterLoader(weights, base: architecture.prefix, seed: seed, engine)
    if headWeights == .new { loader.leaveOut("classifier.") }
    let builder = EncoderBuilder(shape, architecture, loader)
    encoder = try builder.encoder()
    self.head = try builder.head(labels: head.labelCount)
    try loader.checkNothingIsLeft(but: architecture.leftovers)

    var file = file
    head.write(into: &file, architecture: architecture.name)
    // Parameters are written as float32; `transformers` would load them as what stands here.
    for key in ["dtype", "torch_dtype"] where (file[key] ?? .null) != .null {
      file[key] = "float32"
    }
    configuration = file
    self.shape = shape
    parameters = loader.parameters
    newlyInitialized = loader.newlyInitialized
    ofOtherHeads = loader.ofOtherHeads
    labelCount = head.labelCount
    loss = head.loss
  }

  /// `vocab_size`
  var vocabularySize: Int { shape.vocabularySize }
  /// `type_vocab_size`
  var typeVocabularySize: Int { shape.typeVocabularySize }
  /// `max_position_embeddings`, less the rows that no token takes.
  var maximumLength: Int { shape.positions.maximumLength(of: shape.maximumPositions) }

  /// Six layers for each block (query, key, value, attention output, intermediate, output), then the
  /// head's two.
  var linears: [(role: LinearRole, linear: Linear)] {
    var all: [(LinearRole.Kind, Int, Linear)] = []
    for (b, block) in encoder.blocks.enumerated() {
      let (attention, feedForward) = (block.attention, block.feedForward)
      all += [
        (.query, b, attention.query), (.key, b, attention.key), (.value, b, attention.value),
        (.attentionOutput, b, attention.output), (.intermediate, b, feedForward.intermediate),
        (.output, b, feedForward.output),
      ]
    }
    all += [(.pooler, 0, head.dense), (.classifier, 0, head.projection)]
    return all.map { (LinearRole(kind: $0.0, block: $0.1), $0.2) }
  }

  /// The logits [sequences, labels] of a batch. In training, keeps what `backward` needs.
  func forward(_ batch: TokenBatch, _ pass: Pass) -> Matrix<Float> {
    let arena = pass.engine.activations
    let logits = arena.matrix(batch.sequenceCount, labelCount, of: Float.self)
    let start = arena.mark
    let first = arena.matrix(batch.sequenceCount, shape.hiddenSize, of: Float.self)
    let encoderTape = encoder.forward(batch, into: first, pass)
    let headTape = pass.engine.profiled(.head, .forward) {
      head.forward(first, into: logits, pass)
    }
    if pass.isTraining {
      tape = (encoderTape, headTape)
    } else {
      arena.reset(to: start)
    }
    return logits
  }

  /// Accumulates the gradients of everything that trains, from those of the logits
  /// [sequences, labels]; once after each `forward` in training.
  func backward(_ logitsGradient: Matrix<Float>, _ pass: Pass) {
    guard let tape else { preconditionFailure("backward without a forward pass in training") }
    self.tape = nil
    guard encoder.isTraining else {
      pass.engine.profiled(.head, .backward) {
        head.backward(logitsGradient, tape.head, into: nil, pass)
      }
      return
    }
    let scratch = pass.engine.scratch
    scratch.scope {
      let first = scratch.matrix(logitsGradient.rows, shape.hiddenSize, of: Float.self)
      pass.engine.profiled(.head, .backward) {
        head.backward(logitsGradient, tape.head, into: first, pass)
      }
      encoder.backward(first, tape.encoder, pass)
    }
  }
}
