import CKernels

@testable import Compute

/// Dropout's factor (0 or 1 / (1 - p)) of one element by the plain generator: the draw of column c is word
/// (c / 16 mod 4) of the counter (16 (c / 64) + c mod 16, row, site, pass).
struct NaiveDropout {
  let dropout: Dropout?
  let site: UInt32
  let probability: Float

  func factor(row: Int, column: Int) -> Double {
    guard let dropout, probability > 0 else { return 1 }
    var words: [UInt32] = [0, 0, 0, 0]
    let counter = [UInt32(column / 64 * 16 + column % 16), UInt32(row), site, dropout.pass]
    ck_philox(counter, dropout.seed, &words)
    let draw = Double(words[column / 16 % 4])
    return draw < (Double(probability) * 4_294_967_295).rounded(.down)
      ? 0 : Double(Float(1 / (1 - Double(probability))))
  }
}
