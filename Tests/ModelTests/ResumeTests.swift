import Foundation
import Layers
import Models
import Support
import TestFiles
import Testing
import Weights

@testable import Compute
@testable import Methods

/// A run that was saved and goes on in another process is the same run, to the last bit.
@Suite(.serialized) struct ResumeTests {
  static let methods: [TrainingMethod] = {
    var periodic = SparseGradSettings.paper
    periodic.selection = .periodic(interval: 3, observation: 2)
    periodic.density = .count(20)
    var dynamic = SparseGradSettings.meProp
    dynamic.density = .count(20)
    var lora = LoRASettings()
    lora.loraDropout = 0.2
    return [.full, .sparseGrad(dynamic), .sparseGrad(periodic), .lora(lora)]
  }()

  /// A model in training.
  private struct Run {
    let fixture: ModelFixture
    let engine: Engine
    let model: any TransformerModel
    let trainables: [any Trainable]

    init(_ method: TrainingMethod, threads: Int = 2) throws {
      fixture = try ModelFixture("bert/pairs")
      engine = try Engine(threads: threads)
      model = try fixture.model(engine, dropout: 0.1)
      let builder = BasisBuilder(
        model, SparseGradSettings.paper, Fingerprint(hexadecimal: "0"), engine)
      let (batch, targets) = try fixture.batch(0)
      model.pass(batch, targets, engine)
      trainables = try model.train(
        method, scope: .all, basis: try builder.finish(), engine
      ).all
    }

    func steps(_ numbers: ClosedRange<Int>) throws {
      for number in numbers {
        let (batch, targets) = try fixture.batch(number % fixture.batchCount)
        let dropout = Dropout(seed: 1, pass: UInt32(number))
        let pass = Pass(engine, .training(dropout: dropout))
        _ = model.learn(batch, pass) { _, logits, gradient in
          model.loss.evaluate(logits, targets, scale: 0.2, gradient: gradient)
        }
        let norm = trainables.reduce(0) { $0 + $1.squaredGradientNorm(engine) }.squareRoot()
        let step = AdamStep(
          learningRate: 1e-2, weightDecay: 0.01, number: number,
          gradientScale: Float(min(1, 1 / norm)))
        for trainable in trainables { trainable.step(step, engine) }
      }
    }

    var bits: [UInt32] {
      model.parameters.flatMap { $0.withValue(engine) { $0.elements.map(\.bitPattern) } }
    }
  }

  @Test(arguments: methods, 1...6)
  func resumes(_ method: TrainingMethod, after count: Int) throws {
    let whole = try Run(method)
    try whole.steps(1...9)

    let first = try Run(method)
    try first.steps(1...count)
    let folder = try TemporaryFolder()
    let file = folder("state.safetensors")
    try SafetensorsWriter.write(
      first.trainables.flatMap { $0.state() } + first.model.tensors(first.engine), metadata: [:],
      to: file)

    let second = try Run(method)
    let saved = try Checkpoint(file: file)
    let trained = Set(second.trainables.map(\.name))
    for parameter in second.model.parameters where trained.contains(parameter.name) {
      let tensor = try saved.tensor(parameter.name)
      try parameter.setValue(second.engine) { try tensor.copy(to: $0.elements) }
    }
    for trainable in second.trainables { try trainable.restore(saved, second.engine) }
    try second.steps(count + 1...9)
    #expect(second.bits == whole.bits)
  }

  @Test(arguments: methods)
  func threads(_ method: TrainingMethod) throws {
    let results = try [1, 2, 3].map { threads in
      let run = try Run(method, threads: threads)
      try run.steps(1...5)
      return run.bits
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }
}
