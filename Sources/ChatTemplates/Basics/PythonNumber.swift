import Foundation

/// Numbers and their texts as Python has them.
enum PythonNumber {
  /// The number of digits with single underscores between them; nil if it is malformed or too large.
  static func integer(_ digits: String, radix: Int) -> Int? {
    guard hasSingleUnderscores(digits) else { return nil }
    return Int(digits.filter { $0 != "_" }, radix: radix)
  }

  /// Python's `int` of a text: white space around it, a sign, and for the bases 0, 2, 8 and 16 what names the base.
  static func integer(of text: String, base: Int) -> Int? {
    var digits = PythonText.stripped(text, of: nil, .both)
    var isNegative = false
    if digits.hasPrefix("-") || digits.hasPrefix("+") { isNegative = digits.removeFirst() == "-" }
    var radix = base == 0 ? 10 : base
    for (prefix, named) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where digits.lowercased().hasPrefix(prefix) && (base == 0 || base == named) {
      digits.removeFirst(2)
      if digits.hasPrefix("_") { digits.removeFirst() }
      radix = named
    }
    guard 2...36 ~= radix, !digits.hasPrefix("-"), !digits.hasPrefix("+") else { return nil }
    return integer((isNegative ? "-" : "") + digits, radix: radix)
  }

  /// Python's `float` of a text.
  static func number(_ text: String) -> Double? {
    let plain = PythonText.stripped(text, of: nil, .both).lowercased()
    switch plain.drop(while: { $0 == "-" || $0 == "+" }) {
    case "inf", "infinity", "nan": return Double(plain)
    default: break
    }
    guard hasSingleUnderscores(plain),
      plain.utf8.allSatisfy({ "0123456789._e+-".utf8.contains($0) })
    else { return nil }
    return Double(plain.filter { $0 != "_" })
  }

  private static func hasSingleUnderscores(_ text: String) -> Bool {
    !text.hasPrefix("_") && !text.hasSuffix("_") && !text.contains("__")
      && !text.contains("._") && !text.contains("_.") && !text.contains("_e")
      && !text.contains("e_")
  }

  /// Python's `//` and `%` of numbers; the divisor is not 0.
  static func divided(_ a: Double, by b: Double) -> (quotient: Double, remainder: Double) {
    var remainder = fmod(a, b)
    var quotient = (a - remainder) / b
    if remainder != 0, (b < 0) != (remainder < 0) {
      remainder += b
      quotient -= 1
    } else if remainder == 0 {
      remainder = copysign(0, b)
    }
    guard quotient != 0 else { return (copysign(0, a / b), remainder) }
    let whole = quotient.rounded(.down)
    return (quotient - whole > 0.5 ? whole + 1 : whole, remainder)
  }

  /// Python's `round` of a number: the nearest decimal of what it stands for exactly.
  static func rounded(_ value: Double, digits: Int) -> Double {
    guard value.isFinite, digits < 330 else { return value }
    if digits >= 0 { return Double(String(format: "%.\(digits)f", value)) ?? value }
    guard digits > -310 else { return copysign(0, value) }
    let unit = pow(10, Double(-digits))
    return (value / unit).rounded(.toNearestOrEven) * unit
  }

  /// Python's `round` of an integer to tens, hundreds, ...; nil if that is too large.
  static func rounded(_ value: Int, zeros: Int) -> Int? {
    guard zeros < 19 else { return 0 }
    let unit = (0..<zeros).reduce(1) { unit, _ in unit * 10 }
    let (rest, half) = (value % unit, unit / 2)
    let down = value - rest
    let isUp = rest.magnitude > half || rest.magnitude == half && !(down / unit).isMultiple(of: 2)
    guard isUp else { return down }
    let (sum, overflow) = down.addingReportingOverflow(value < 0 ? -unit : unit)
    return overflow ? nil : sum
  }

  /// Python's `repr` of a number.
  static func text(of value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    let text = "\(value)"
    // Python writes exponents with at least two digits.
    guard let e = text.firstIndex(of: "e") else { return text }
    let mantissa = text[..<e].hasSuffix(".0") ? text[..<e].dropLast(2) : text[..<e]
    var exponent = text[text.index(after: e)...]
    let sign = exponent.first == "-" ? "-" : "+"
    exponent = exponent.drop { $0 == "-" || $0 == "+" }
    return "\(mantissa)e\(sign)\(exponent.count < 2 ? "0" : "")\(exponent)"
  }
}
