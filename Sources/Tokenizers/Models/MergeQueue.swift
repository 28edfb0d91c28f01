/// Pairs of neighbours that may be merged, the lowest rank first and of one rank the leftmost: a binary heap.
struct MergeQueue {
  /// Rank above place, so that one comparison orders both.
  private var heap: [UInt64] = []

  mutating func insert(rank: UInt32, place: Int) {
    var index = heap.count
    let item = UInt64(rank) << 32 | UInt64(place)
    heap.append(item)
    while index > 0, heap[(index - 1) / 2] > item {
      heap[index] = heap[(index - 1) / 2]
      index = (index - 1) / 2
    }
    heap[index] = item
  }

  mutating func removeFirst() -> (rank: UInt32, place: Int)? {
    guard let first = heap.first, let item = heap.popLast() else { return nil }
    if !heap.isEmpty {
      var index = 0
      while true {
        var child = 2 * index + 1
        if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
        guard child < heap.count, heap[child] < item else { break }
        heap[index] = heap[child]
        index = child
      }
      heap[index] = item
    }
    return (UInt32(first >> 32), Int(first & 0xFFFF_FFFF))
  }
}
