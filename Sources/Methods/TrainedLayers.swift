import Layers
import Support

/// Which layers of the feed-forward blocks a method is on. The paper fine-tunes those of every third block of LLaMA.
public struct TrainedLayers: Hashable, Codable, Sendable {
  /// The blocks.
  public var blocks: BlockSelection
  /// Which of a block's layers.
  public var layers: [MLPLayer]

  /// Those of all blocks that every feed-forward block has, unless said otherwise.
  public init(blocks: BlockSelection = .all, layers: [MLPLayer] = [.up, .down]) {
    self.blocks = blocks
    self.layers = layers
  }

  /// Whether a layer is one of them.
  package func includes(_ role: LinearRole) -> Bool {
    blocks.includes(role.block) && layers.contains { $0.kind == role.kind }
  }
}

/// A layer of a feed-forward block, by its name in LLaMA.
public enum MLPLayer: String, Codable, CaseIterable, Sendable {
  /// From the hidden size to the intermediate size; BERT's `intermediate.dense`.
  case up = "up_proj"
  /// Back to the hidden size; BERT's `output.dense`.
  case down = "down_proj"
  /// The gate, where there is one.
  case gate = "gate_proj"

  fileprivate var kind: LinearRole.Kind {
    switch self {
    case .up: .intermediate
    case .down: .output
    case .gate: .gate
    }
  }
}

/// Blocks of a model, counted from 0.
public enum BlockSelection: Hashable, Codable, Sendable {
  /// All of them.
  case all
  /// Every so many: of every three those with the numbers 0, 3, 6, ...
  case every(Int)
  /// Those in these ranges.
  case ranges([ClosedRange<Int>])

  /// `all`, `every:3`, or numbers and ranges with commas between them: `0,4,8-11`.
  /// - Throws: `InputError` when it is none of these.
  public init(_ text: String) throws {
    let problem = InputError(
      .blocks,
      "\"\(text)\", expected all, every:3 for example, or numbers and ranges such as 0,4,8-11")
    if text == "all" {
      self = .all
    } else if text.hasPrefix("every:") {
      guard let step = Int(text.dropFirst(6)), 1...10_000 ~= step else { throw problem }
      self = .every(step)
    } else {
      self = .ranges(
        try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
          let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
          guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2,
            0 <= first, first <= last, last < 10_000
          else { throw problem }
          return first...last
        })
    }
  }

  /// Whether a block is one of them.
  package func includes(_ block: Int) -> Bool {
    switch self {
    case .all: true
    case .every(let step): block.isMultiple(of: step)
    case .ranges(let ranges): ranges.contains { $0.contains(block) }
    }
  }

  /// - Throws: `InputError` when a model of so many blocks lacks one that is named.
  package func validate(blocks: Int) throws {
    guard case .ranges(let ranges) = self, let last = ranges.map(\.upperBound).max(),
      last >= blocks
    else { return }
    throw InputError(.blocks, "names block \(last), but the last one is \(blocks - 1)")
  }
}
