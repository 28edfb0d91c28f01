import Checkpoints
import Compute
import Layers
import Support

/// BERT (Devlin et al., 2019) with a classification head: encoder, pooler of the first token, linear layer.
///
/// Above the last attention only the first token of each sequence is read, so only those rows are computed.
public final class BertForSequenceClassification: SequenceClassifier {
  /// `config.json` of the folder, its labels, problem type and architecture those of the head.
  public let configuration: ConfigurationFile
  /// The tables, then block after block, pooler and classifier.
  public let parameters: [Parameter]
  /// Names of parameters that the checkpoint did not have: the head's, for a model without one.
  public let newlyInitialized: [String]
  /// The number of logits: the head's labels, or 1 for a regression.
  public let labelCount: Int
  /// Cross entropy, or mean squared error for a regression.
  public let loss: Loss

  private let shape: BertConfiguration
  private let embeddings: Embeddings
  private let blocks: [TransformerBlock]
  private let pooler: Linear
  private let classifier: Linear
  private let headSite: DropoutSite
  private var tape: Tape?

  private struct Tape {
    let embeddings: Embeddings.Tape
    let blocks: [TransformerBlock.Tape]
    let first: Matrix<Float>, pooled: Matrix<Float>
    let poolerInput: Operand?, classifierInput: Operand?
    let tokens: Int
  }

  /// Loads the model of a folder.
  /// - Parameters:
  ///   - head: what the head tells apart.
  ///   - weights: where its weights come from.
  ///   - dropout: replaces all of the configuration's dropout probabilities, if given.
  /// - Throws: `InputError` naming the key or tensor at fault.
  public init(
    folder: ModelFolder, head: HeadConfiguration, weights: HeadWeights = .kept,
    dropout: Float? = nil, seed: UInt64 = 42, _ engine: Engine
  ) throws {
    var file = try folder.configuration()
    var shape = try BertConfiguration(file)
    if let dropout {
      (shape.hiddenDropout, shape.attentionDropout) = (dropout, dropout)
      shape.classifierDropout = dropout
    }
    let loader = ParameterLoader(
      try folder.checkpoint(), base: "bert.", seed: seed, engine)
    let builder = BertBuilder(shape, loader)
    embeddings = try builder.embeddings()
    var blocks: [TransformerBlock] = []
    for index in 0..<shape.layerCount { blocks.append(try builder.block(index)) }
    self.blocks = blocks
    pooler = try builder.pooler()
    classifier = try builder.classifier(head.labelCount, weights)
    try loader.checkNothingIsLeft()

    head.write(into: &file, architecture: "BertForSequenceClassification")
    configuration = file
    self.shape = shape
    headSite = DropoutSite(3 * shape.layerCount + 1, shape.classifierDropout)
    parameters = loader.parameters
    newlyInitialized = loader.newlyInitialized
    labelCount = head.labelCount
    loss = head.loss
  }

  /// The rows of the word table: `vocab_size`.
  public var vocabularySize: Int { shape.vocabularySize }
  /// The rows of the token-type table: `type_vocab_size`.
  public var typeVocabularySize: Int { shape.typeVocabularySize }
  /// The rows of the position table: `max_position_embeddings`.
  public var maximumLength: Int { shape.maximumPositions }

  /// Six layers for each block (query, key, value, attention output, intermediate, output), then
  /// pooler and classifier.
  public var linears: [(role: LinearRole, linear: Linear)] {
    var all: [(LinearRole.Kind, Int, Linear)] = []
    for (b, block) in blocks.enumerated() {
      let (attention, feedForward) = (block.attention, block.feedForward)
      all += [
        (.query, b, attention.query), (.key, b, attention.key), (.value, b, attention.value),
        (.attentionOutput, b, attention.output), (.intermediate, b, feedForward.intermediate),
        (.output, b, feedForward.output),
      ]
    }
    all += [(.pooler, 0, pooler), (.classifier, 0, classifier)]
    return all.map { (LinearRole(kind: $0.0, block: $0.1), $0.2) }
  }

  /// The logits [sequences, labels] of a batch. In training, keeps what `backward` needs.
  public func forward(_ batch: TokenBatch, _ pass: ForwardPass) -> Matrix<Float> {
    let (engine, arena) = (pass.engine, pass.engine.activations)
    let (tokens, sequences) = (batch.tokenCount, batch.sequenceCount)
    let logits = arena.matrix(sequences, labelCount, of: Float.self)
    let start = arena.mark

    var x = arena.matrix(tokens, shape.hiddenSize, of: Float.self)
    let indices = Embeddings.Indices(
      words: batch.ids, positions: batch.positions(from: 0), types: batch.typeIds)
    let embedded = embeddings.forward(indices, into: x, pass)
    var tapes: [TransformerBlock.Tape] = []
    for (b, block) in blocks.enumerated() {
      let last = b == blocks.count - 1
      let y = arena.matrix(last ? sequences : tokens, shape.hiddenSize, of: Float.self)
      let inside = arena.mark
      let tape = block.forward(
        Hidden(x, engine), offsets: batch.offsets, queries: last ? .first : .all, into: y, pass)
      if pass.isTraining { tapes.append(tape) } else { arena.reset(to: inside) }
      x = y
    }

    let pooled = arena.matrix(sequences, shape.hiddenSize, of: Float.self)
    let poolerInput = pooler.forward(Hidden(x, engine).operand, into: pooled, pass)
    engine.tanh(pooled, bias: pooler.bias.value)
    let dropped = arena.matrix(sequences, shape.hiddenSize, of: Float.self)
    headSite.apply(pass, pooled, into: dropped)
    let classifierInput = classifier.forward(Hidden(dropped, engine).operand, into: logits, pass)
    engine.addBias(classifier.bias.value, to: logits)

    if pass.isTraining {
      tape = Tape(
        embeddings: embedded, blocks: tapes, first: x, pooled: pooled, poolerInput: poolerInput,
        classifierInput: classifierInput, tokens: tokens)
    } else {
      arena.reset(to: start)
    }
    return logits
  }

  /// Accumulates the gradients of everything that trains, from those of the logits
  /// [sequences, labels]; once after each `forward` in training. Goes no further down than the
  /// lowest part that trains.
  public func backward(_ logitsGradient: Matrix<Float>, _ pass: ForwardPass) {
    guard let tape else { preconditionFailure("backward without a forward pass in training") }
    self.tape = nil
    let (engine, scratch) = (pass.engine, pass.engine.scratch)
    // The lowest part that trains ends the way down.
    let lowest = embeddings.isTraining ? -1 : blocks.firstIndex(where: \.isTraining) ?? blocks.count
    scratch.scope {
      let sequences = logitsGradient.rows
      let head = scratch.matrix(sequences, shape.hiddenSize, of: Float.self)
      let wantsPooled = lowest < blocks.count || pooler.isTraining
      classifier.backward(
        logitsGradient, kept: tape.classifierInput, into: wantsPooled ? head : nil, pass)
      guard wantsPooled else { return }
      headSite.apply(pass, head, into: head)
      engine.tanhBackward(tape.pooled, head)
      let top = scratch.matrix(sequences, shape.hiddenSize, of: Float.self)
      pooler.backward(
        head, kept: tape.poolerInput, into: lowest < blocks.count ? top : nil, pass)

      guard lowest < blocks.count else { return }
      let gradient = scratch.matrix(tape.tokens, shape.hiddenSize, of: Float.self)
      let middle = scratch.matrix(tape.tokens, shape.hiddenSize, of: Float.self)
      var dy = top
      for b in blocks.indices.reversed() where b >= lowest {
        blocks[b].backward(
          dy, tape.blocks[b], middle: middle.rows(0..<dy.rows), into: gradient,
          wanted: b > lowest ? .input : .none, pass)
        dy = gradient
      }
      if lowest < 0 { embeddings.backward(gradient, tape.embeddings, pass) }
    }
  }
}
