import Foundation

/// The terminal behind standard error.
enum Terminal {
  /// Its size, or that of the oldest ones where it is not known.
  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    let isKnown = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
    return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
  }
}
