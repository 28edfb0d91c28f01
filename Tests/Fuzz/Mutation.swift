import Foundation
import SparseGrad

/// Spoils files, always in the same way for the same random numbers.
struct Mutation {
  private var random: RandomStream

  init(_ random: RandomStream) { self.random = random }

  /// A file's content, changed in one place or a few.
  mutating func spoil(_ data: Data, of name: String) -> Data {
    var bytes = [UInt8](data)
    for _ in 0..<(number(below: 4) == 0 ? 3 : 1) {
      switch name.split(separator: ".").last {
      case "json", "jsonl": bytes = number(below: 4) > 0 ? spoilJSON(bytes) : spoilBytes(bytes)
      case "safetensors": bytes = spoilSafetensors(bytes)
      default: bytes = number(below: 2) == 0 ? spoilText(bytes) : spoilBytes(bytes)
      }
      // What grows by itself again and again says nothing about the readers.
      if bytes.count > 1 << 22 { return Data(bytes.prefix(1 << 22)) }
    }
    return Data(bytes)
  }

  mutating func number(below bound: Int) -> Int {
    Int.random(in: 0..<max(1, bound), using: &random)
  }

  mutating func element<T>(of list: [T]) -> T { list[number(below: list.count)] }

  // MARK: Bytes

  private mutating func range(in bytes: [UInt8], atMost length: Int) -> Range<Int> {
    let start = number(below: bytes.count + 1)
    return start..<min(bytes.count, start + number(below: length + 1))
  }

  private mutating func spoilBytes(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let place = number(below: bytes.count)
    switch number(below: 8) {
    case 0: if !bytes.isEmpty { bytes[place] ^= 1 << UInt8(number(below: 8)) }
    case 1: if !bytes.isEmpty { bytes[place] = UInt8(number(below: 256)) }
    case 2: bytes.removeSubrange(range(in: bytes, atMost: 64))
    case 3: bytes.removeSubrange(place...)
    case 4: bytes.insert(contentsOf: bytes[range(in: bytes, atMost: 200)], at: place)
    case 5: bytes.insert(contentsOf: element(of: Self.fragments), at: place)
    case 6: bytes = number(below: 20) == 0 ? [] : bytes
    default:
      let part = range(in: bytes, atMost: 20)
      bytes.replaceSubrange(part, with: element(of: Self.fragments))
    }
    return bytes
  }

  /// Bytes that readers of text stumble over.
  private static let fragments: [[UInt8]] =
    [
      "\0", "\r", "\n", "\r\n", "\t", "\"", "\\", "'", "{", "}", "[", "]", ":", ",", "#", "&a ",
      "*a",
      "\u{FEFF}", "\u{2028}", "\u{85}", "\u{1B}[2J", "\u{202E}", "é", "e\u{301}", "\u{1F600}",
      "-1", "0", "1e400", "NaN", "nan", "inf", "null", "true", "0x10", "١٢", "1_000",
      "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e-320", "0.1",
      "../..", "/etc/hostname", "%s%n", "\\u0000", "\\ud800", "!!binary x", "<<: *a", "---\n",
    ].map { Array($0.utf8) } + [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFE, 0xFF],
      [0xE2, 0x82],
    ]

  // MARK: Text

  /// Moves, doubles, joins and stretches lines and fields.
  private mutating func spoilText(_ bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    let line = number(below: lines.count)
    switch number(below: 7) {
    case 0: lines.remove(at: line)
    case 1: lines.insert(lines[line], at: number(below: lines.count + 1))
    case 2: lines.swapAt(line, number(below: lines.count))
    case 3: lines[line] += (lines[line].isEmpty ? [9] : lines[line])
    case 4: lines[line] += repeated(element(of: Self.fragments))
    case 5: lines[line] = element(of: Self.fragments) + lines[line]
    default:
      var fields = lines[line].split(separator: 9, omittingEmptySubsequences: false).map(Array.init)
      fields[number(below: fields.count)] = element(of: Self.fragments)
      lines[line] = Array(fields.joined(separator: [9]))
    }
    return Array(lines.joined(separator: [10]))
  }

  /// Often, sometimes very often.
  private mutating func repeated(_ fragment: [UInt8]) -> [UInt8] {
    let count = element(of: [2, 10, 300, 3000, 30_000])
    return Array(repeatElement(fragment, count: count).joined())
  }

  // MARK: JSON

  /// Replaces, removes, doubles or wraps a value, or changes a key.
  private mutating func spoilJSON(_ bytes: [UInt8]) -> [UInt8] {
    let spans = JSONSpans(bytes).all
    guard !spans.isEmpty else { return spoilBytes(bytes) }
    let span = element(of: spans)
    var bytes = bytes
    let old = Array(bytes[span.range])
    switch number(below: 8) {
    case 0: bytes.removeSubrange(span.range)
    case 1: bytes.replaceSubrange(span.range, with: Array("[".utf8) + old + Array("]".utf8))
    case 2: bytes.replaceSubrange(span.range, with: bytes[element(of: spans).range])
    case 3 where span.isMember:
      bytes.insert(contentsOf: old + Array(",".utf8), at: span.range.lowerBound)
    case 4 where old.first == UInt8(ascii: "\""):
      // A text that grows or gets something odd inside.
      let place = span.range.lowerBound + 1 + number(below: old.count - 2)
      let more = element(of: Self.inTexts)
      bytes.insert(contentsOf: number(below: 3) == 0 ? repeated(more) : more, at: place)
    default: bytes.replaceSubrange(span.range, with: value())
    }
    return bytes
  }

  private static let inTexts = [
    "\\n", "\\u0000", "\\u001b", "\\ud800", "\\\\", "\\t", "(", "[", "(a*)*", ".*", "\\\\p{L}", "/",
    "..",
    "#", "\u{202E}", "A", "Ġ", "##", " ", "9", "-", ".",
  ].map { Array($0.utf8) }

  /// A value that readers may not expect.
  private mutating func value() -> [UInt8] {
    switch number(below: 12) {
    case 0:
      let depth = element(of: [2, 100, 600, 5000, 200_000])
      let (open, close) = number(below: 2) == 0 ? ("[", "]") : ("{\"a\":", "}")
      return Array(
        (String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
    case 1: return Array("\"".utf8) + repeated(element(of: Self.inTexts)) + Array("\"".utf8)
    case 2:
      return Array(
        ("[" + String(repeating: "1,", count: element(of: [3, 1000, 60_000])) + "1]").utf8)
    default: return Array(element(of: Self.values).utf8)
    }
  }

  private static let values = [
    "null", "true", "false", "0", "-1", "-0", "1", "2", "3", "7", "64", "65536", "2147483647",
    "2147483648",
    "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "18446744073709551616", "1e9", "1e300", "-1e300", "1e-300", "1e400", "0.5", "-5.5", "NaN",
    "Infinity",
    "1e", "01", "\"\"", "\"a\"", "\"0\"", "\"BERT\"", "[]", "{}", "[0]", "[[]]", "[null]", "[-1]",
    "{\"a\":1}",
    "{\"type\":\"Lowercase\"}", "[0,0]", "[0,9223372036854775807]", "[4611686018427387904,4]",
    "\"F32\"", "\"BF16\"",
    "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aaaaaaaaaaaaaaaa\"}",
    "{\"type\":\"Sequence\",\"normalizers\":[]}", "\"\\u0000\"", "\"\\ud83d\"", "\"\\n\"",
    "\"/etc/hostname\"",
    "\"../model.safetensors\"", "\"(.*)*x\"",
  ]

  // MARK: safetensors

  /// Changes the header, its length or the tensors' bytes.
  private mutating func spoilSafetensors(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 8 else { return spoilBytes(bytes) }
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) & .max }
    guard length >= 0, length <= bytes.count - 8 else { return spoilBytes(bytes) }
    let header = Array(bytes[8..<8 + length]), body = Array(bytes[(8 + length)...])
    func file(_ header: [UInt8], _ body: [UInt8], saying length: UInt64) -> [UInt8] {
      (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) } + header + body
    }
    switch number(below: 8) {
    case 0: return spoilBytes(bytes)
    case 1:
      let lengths: [UInt64] = [
        0, 1, 7, .max, 1 << 63, 1 << 40, UInt64(bytes.count), UInt64(bytes.count) - 8,
      ]
      return file(header, body, saying: element(of: lengths))
    case 2:
      // Numbers that are none, and large ones.
      var body = body
      let patterns: [UInt32] = [
        0x7FC0_0000, 0x7F80_0000, 0xFF80_0000, 0x7F7F_FFFF, 0x0000_0001, 0xFFFF_FFFF,
      ]
      let place = number(below: body.count / 4) * 4
      guard place + 4 <= body.count else { return spoilBytes(bytes) }
      let pattern = element(of: patterns)
      for i in 0..<4 { body[place + i] = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * i)) }
      return file(header, body, saying: UInt64(length))
    case 3: return file(header, spoilBytes(body), saying: UInt64(length))
    default:
      let new = spoilJSON(header)
      return file(new, body, saying: UInt64(new.count))
    }
  }
}
