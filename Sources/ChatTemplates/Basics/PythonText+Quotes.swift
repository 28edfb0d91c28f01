import Foundation

/// Texts as they are shown inside of other values.
extension PythonText {
  /// Python's `repr` of a text.
  static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in scalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\\": result += "\\\\"
      case quote: result += "\\" + String(quote)
      case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
      default: result += escaped(scalar)
      }
    }
    return result + String(quote)
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case ...0xff: String(format: "\\x%02x", scalar.value)
    case ...0xffff: String(format: "\\u%04x", scalar.value)
    default: String(format: "\\U%08x", scalar.value)
    }
  }
}
