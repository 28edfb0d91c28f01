extension Int {
  /// The nearest integer; 0 for what is no number. (`Int(_:)` of a number beyond its range ends the process.)
  package init(clamping value: Double) {
    guard !value.isNaN else {
      self = 0
      return
    }
    self = Int(Swift.min(Swift.max(value.rounded(), -0x1p62), 0x1p62))
  }
}
