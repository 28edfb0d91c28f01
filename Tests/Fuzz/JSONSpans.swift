/// Where the values and members of a text of JSON are. Of what is no JSON, as much as can be told.
struct JSONSpans {
  struct Span {
    let range: Range<Int>
    /// Whether it is a key with its value.
    let isMember: Bool
  }

  private(set) var all: [Span] = []
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // Lines of JSON are one value after another.
    while place < bytes.count {
      let before = place
      value(depth: 0)
      if place == before { place += 1 }
    }
  }

  private mutating func skipSpace() {
    while place < bytes.count, [9, 10, 13, 32].contains(bytes[place]) { place += 1 }
  }

  private mutating func value(depth: Int) {
    skipSpace()
    guard place < bytes.count, depth < 64 else { return }
    let start = place
    switch bytes[place] {
    case UInt8(ascii: "{"): container(UInt8(ascii: "}"), depth, members: true)
    case UInt8(ascii: "["): container(UInt8(ascii: "]"), depth, members: false)
    case UInt8(ascii: "\""): text()
    default:
      while place < bytes.count, !",]}: \n\r\t".utf8.contains(bytes[place]) { place += 1 }
    }
    if place > start { all.append(Span(range: start..<place, isMember: false)) }
  }

  private mutating func text() {
    place += 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    place = min(bytes.count, place + 1)
  }

  private mutating func container(_ end: UInt8, _ depth: Int, members: Bool) {
    place += 1
    while place < bytes.count {
      skipSpace()
      guard place < bytes.count, bytes[place] != end else { break }
      let start = place
      value(depth: depth + 1)
      skipSpace()
      if members, place < bytes.count, bytes[place] == UInt8(ascii: ":") {
        place += 1
        value(depth: depth + 1)
        all.append(Span(range: start..<place, isMember: true))
        skipSpace()
      }
      if place < bytes.count, bytes[place] == UInt8(ascii: ",") { place += 1 }
      if place == start { break }
    }
    place = min(bytes.count, place + 1)
  }
}
