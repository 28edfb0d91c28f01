import Compute
import Foundation
import Layers
import Support
import Weights

/// SparseGrad for the weight of one linear layer (arXiv 2410.07383).
///
/// The weight stays as it is, so forward pass and input gradient are those of a plain layer. Its gradient is
/// formed in the coordinates of the basis, G~ = P_out dYᵀ X P_inᵀ; Adam moves the selected elements of G~; and
/// the change is rotated back, W += P_outᵀ Δ P_in. Of the input only X P_inᵀ is kept.
package final class SparseGrad: WeightLearner, Trainable {
  private let weight: Parameter
  /// Where the gradient is looked at.
  package let coordinates: WeightCoordinates
  /// The sum of all changes, where it is wanted.
  private let change: AccumulatedChange?
  private let schedule: SupportSchedule
  private let score: SparseGradSettings.GradientScore
  private let rotated: RotatedGradient
  private let accumulation: Int
  private let pool: BufferPool

  private let moments: SparseMoments
  private let support: Buffer<UInt32>
  private let selected: Buffer<Float>
  private var hasSupport = false
  private var stepCount = 0
  /// The whole gradient of a step of several batches, while the support depends on it.
  private var sum: Buffer<Float>?
  /// The scores, of the steps so far, that the next support is chosen by.
  private var observed: Buffer<Float>?

  /// - Parameters:
  ///   - sample: the support, where no gradient chooses it.
  ///   - accumulation: how many backward passes make a step.
  ///   - pool: where matrices of the weight's size come from that a layer needs for a few steps.
  /// - Throws: `InputError` when there are fewer coordinates than elements to train, or the system refuses address
  ///   space.
  init(
    _ weight: Parameter, _ coordinates: WeightCoordinates, _ settings: SparseGradSettings,
    schedule: SupportSchedule, sample: SampledSupport? = nil, accumulation: Int, pool: BufferPool,
    record: ChangeRecord = .none,
    _ engine: Engine
  ) throws {
    self.weight = weight
    self.coordinates = coordinates
    self.schedule = schedule
    self.accumulation = accumulation
    score = settings.supportScore ?? .squares
    rotated = RotatedGradient(coordinates: coordinates, zeroThreshold: settings.zeroThreshold)
    self.pool = pool
    let ledger = engine.ledger
    var count = settings.density.count(of: weight.count)
    // Shares that are equal may be rounded to numbers that are not.
    if case .share = settings.density { count = min(count, coordinates.count) }
    guard count <= coordinates.count else {
      throw InputError(
        weight.name,
        "has \(coordinates.count) candidates, fewer than the \(count) elements to train: lower the density, or "
          + "raise the shares of candidates")
    }
    support = Buffer(count: count, .optimizer, ledger)
    selected = Buffer(count: count, .gradients, ledger)
    moments = try SparseMoments(upTo: coordinates.count, ledger)
    change = record == .sum ? try AccumulatedChange(upTo: coordinates.count, ledger) : nil
    weight.takeOwnership(engine, for: .products)
    if let sample {
      sample.choose(support.elements, below: coordinates.count)
      hasSupport = true
    }
  }

  package var name: String { weight.name }
  package var parameter: Parameter { weight }
  package var trainableCount: Int { selected.count }

  // MARK: Gradient

  package var keepsWholeInput: Bool { rotated.keepsWholeInput }

  package func keep(_ input: Operand, _ engine: Engine) -> Operand { rotated.keep(input, engine) }

  package func accumulate(_ kept: Operand, outputGradient: Operand, _ pass: Pass) {
    let engine = pass.engine
    engine.scratch.scope {
      if needsWholeGradient, accumulation > 1 {
        let buffer = sum ?? pool.take(coordinates.count)
        sum = buffer
        rotated.add(
          kept, outputGradient, into: buffer.matrix(rows: rows, columns: columns), .add, engine)
      } else {
        let gradient = engine.scratch.matrix(rows, columns, of: Float.self)
        rotated.add(kept, outputGradient, into: gradient, .overwrite, engine)
        take(gradient, engine)
      }
    }
  }

  private var rows: Int { rotated.rows }
  private var columns: Int { rotated.columns }

  /// Whether this step's support, or the next one, depends on more than the selected elements.
  private var needsWholeGradient: Bool {
    !hasSupport || schedule.isDynamic || schedule.observes(step: stepCount)
  }

  /// Takes from a gradient what the step needs of it.
  private func take(_ gradient: Matrix<Float>, _ engine: Engine) {
    if schedule.observes(step: stepCount) {
      let buffer = observed ?? pool.take(coordinates.count)
      observed = buffer
      let sums = buffer.matrix(rows: rows, columns: columns)
      switch score {
      case .squares: engine.addSquares(of: gradient, to: sums)
      case .mean: engine.add(gradient, to: sums)
      }
    }
    if schedule.isDynamic || !hasSupport {
      engine.largestMagnitudes(gradient.elements, count: support.count, into: support.data)
      hasSupport = true
    }
    engine.gatherAdding(
      gradient.data, support.data, count: support.count, into: selected.data)
  }

  private func finishGradient(_ engine: Engine) {
    guard let sum else { return }
    take(sum.matrix(rows: rows, columns: columns), engine)
    pool.give(sum)
    self.sum = nil
  }

  // MARK: Step

  package func squaredGradientNorm(_ engine: Engine) -> Double {
    finishGradient(engine)
    return engine.sumOfSquares(selected.elements)
  }

  package func step(_ step: AdamStep, _ engine: Engine) {
    finishGradient(engine)
    if hasSupport {
      engine.scratch.scope {
        let delta = engine.scratch.allocate(support.count, of: Float.self)
        moments.step(
          step, support: support.data, gradient: selected.data, count: support.count, delta: delta,
          engine)
        let change = SparseChange(indices: support.data, values: delta, count: support.count)
        coordinates.apply(change, to: weight.storage, engine)
        self.change?.add(change)
        weight.valueChanged()
      }
    }
    selected.zero()
    stepCount += 1
    if schedule.reselects(after: stepCount), let observed {
      engine.largestMagnitudes(observed.elements, count: support.count, into: support.data)
      moments.restrict(to: support.data, count: support.count, engine)
      pool.give(observed)
      self.observed = nil
    }
  }

  package func isFinite(_ engine: Engine) -> Bool {
    weight.isFinite(engine)
  }

  // MARK: State

  package func state() -> [NamedTensor] {
    var tensors = moments.state(name)
    tensors.append(NamedTensor("\(name).support", shape: [hasSupport ? support.count : 0], support))
    let steps = [UInt32(truncatingIfNeeded: stepCount)]
    tensors.append(
      NamedTensor("\(name).steps", .uint32, shape: [1]) { try steps.withUnsafeBytes($0) })
    if let observed {
      tensors.append(NamedTensor("\(name).observed", shape: [rows, columns], observed))
    }
    return tensors + (change?.state(name) ?? [])
  }

  package func restore(_ state: Checkpoint, _ engine: Engine) throws {
    try moments.restore(state, name, below: coordinates.count)
    try change?.restore(state, name, below: coordinates.count)
    var steps: [UInt32] = [0]
    try steps.withUnsafeMutableBufferPointer {
      try state.tensor("\(name).steps").copyIndices(to: $0, below: Int(UInt32.max))
    }
    stepCount = Int(steps[0])
    let saved = try state.tensor("\(name).support")
    hasSupport = saved.info.count > 0
    if hasSupport { try saved.copyIndices(to: support.elements, below: coordinates.count) }
    guard let saved = state["\(name).observed"] else { return }
    let buffer = pool.take(coordinates.count)
    try saved.copy(to: buffer.elements)
    observed = buffer
  }
}

/// When a layer's support is chosen anew.
struct SupportSchedule {
  private let interval: Int, observation: Int, offset: Int
  let isDynamic: Bool

  /// - Parameter layer: staggers the layers, so that few observe at a time and memory stays small.
  init(_ selection: SparseGradSettings.Selection, layer: Int) {
    switch selection {
    case .dynamic: (isDynamic, interval, observation, offset) = (true, 1, 0, 0)
    case .periodic(let interval, let observation):
      (isDynamic, self.interval, self.observation) = (false, interval, observation)
      offset = layer * observation % interval
    // There is no support to choose.
    case .core, .random: (isDynamic, interval, observation, offset) = (false, 1, 0, 0)
    }
  }

  /// Whether the squares of step `step` (from 0) count for the next support.
  func observes(step: Int) -> Bool {
    !isDynamic && (step + interval - offset) % interval < observation
  }

  /// Whether the support is chosen when `count` steps are done.
  func reselects(after count: Int) -> Bool {
    !isDynamic && observation > 0
      && (count + interval - offset) % interval == observation % interval
  }
}
