import CKernels
import Foundation

extension Engine {
  /// The indices of the `count` elements of largest absolute value, ascending; the earliest win ties.
  ///
  /// Two passes count the bits of the magnitudes, one collects: linear in the number of elements.
  package func largestMagnitudes(
    _ x: UnsafeMutableBufferPointer<Float>, count: Int, into indices: UnsafeMutablePointer<UInt32>
  ) {
    guard let data = x.baseAddress, count > 0 else { return }
    precondition(count <= x.count)
    guard count < x.count else {
      for i in 0..<count { indices[i] = UInt32(i) }
      return
    }
    serially {
      let histogram = scratch.allocate(65536, of: UInt32.self)
      memset(histogram, 0, 65536 * 4)
      ck_magnitude_histogram(data, 0, x.count, histogram)
      var remaining = count
      let upper = bucket(histogram, 32768, &remaining)
      memset(histogram, 0, 65536 * 4)
      ck_magnitude_histogram_low(data, 0, x.count, UInt32(upper), histogram)
      let lower = bucket(histogram, 65536, &remaining)
      let found = ck_select(
        data, 0, x.count, UInt32(upper << 16 | lower), remaining, indices)
      precondition(found == count)
    }
  }

  /// The bucket, from the top, in which the wanted number of elements is reached; `remaining` becomes how
  /// many of the bucket's own elements are wanted.
  private func bucket(_ counts: UnsafeMutablePointer<UInt32>, _ size: Int, _ remaining: inout Int)
    -> Int
  {
    for b in stride(from: size - 1, through: 0, by: -1) {
      if Int(counts[b]) >= remaining { return b }
      remaining -= Int(counts[b])
    }
    return 0
  }

  /// out[i] += x[indices[i]]
  package func gatherAdding(
    _ x: UnsafePointer<Float>, _ indices: UnsafePointer<UInt32>, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    ck_gather_adding(x, indices, count, out)
  }
}
