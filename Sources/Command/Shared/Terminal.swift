import Foundation

/// The terminal behind standard error.
enum Terminal {
  /// Whether somebody sees lines there that change in place: not in a pipe, nor in the logs of a continuous integration (which set
  /// `CI`), nor where the terminal does not know how (`TERM=dumb`).
  static var isLive: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
      && (environment["CI"] ?? "").isEmpty
  }

  /// Its size, or that of the oldest ones where it is not known.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
    return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }
}
