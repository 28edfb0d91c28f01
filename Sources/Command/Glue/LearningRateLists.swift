import SparseGrad

/// Learning rates as `--learning-rates` has them: `5e-5,1e-4,sparsegrad=2e-4,5e-4`. A name holds for the rates
/// after it, too.
struct LearningRateLists {
  private(set) var common: [Double] = []
  private(set) var byMethod: [String: [Double]] = [:]

  /// - Throws: `InputError` naming the part that cannot be read.
  init(_ text: String) throws {
    guard !text.isEmpty else { return }
    var method: String?
    for part in CommaSeparatedText.parts(of: text) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      if pair.count == 2 {
        guard MethodName(rawValue: pair[0]) != nil else {
          let known = MethodName.allCases.map(\.rawValue).joined(separator: ", ")
          throw InputError("--learning-rates", "\"\(pair[0])\" is no method, expected \(known)")
        }
        method = pair[0]
      }
      guard let rate = Double(pair.last ?? ""), rate > 0, rate.isFinite else {
        throw InputError("--learning-rates", "\"\(part)\": expected a positive number")
      }
      if let method { byMethod[method, default: []].append(rate) } else { common.append(rate) }
    }
  }
}
