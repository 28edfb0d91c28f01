import Foundation
import SparseGrad
import TestSupport

/// Reads an event file, as TensorBoard does, with every checksum looked at.
struct EventFileReader {
  struct Malformed: Error {
    let problem: String
  }

  /// A record, as far as runs write it.
  struct Event: Equatable {
    var time = 0.0
    var step = 0
    var version: String?
    var restarts = false
    var values: [String: Float] = [:]
    var texts: [String: String] = [:]
  }

  private(set) var events: [Event] = []

  init(_ url: URL) throws {
    var rest = [UInt8](try Data(contentsOf: url))[...]
    func take(_ count: Int) throws -> [UInt8] {
      guard rest.count >= count else { throw Malformed(problem: "cut off") }
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    func checked(_ count: Int) throws -> [UInt8] {
      let bytes = try take(count)
      guard UInt64(CRC32C.masked(bytes)) == Self.number(try take(4)) else {
        throw Malformed(problem: "checksum")
      }
      return bytes
    }
    while !rest.isEmpty {
      events.append(try Self.event(checked(Int(Self.number(checked(8))))))
    }
  }

  private static func number(_ bytes: [UInt8]) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func event(_ bytes: [UInt8]) throws -> Event {
    var event = Event()
    for (field, content) in try fields(bytes) {
      switch field {
      case 1: event.time = Double(bitPattern: number(content))
      case 2: event.step = Int(number(content))
      case 3: event.version = String(decoding: content, as: UTF8.self)
      case 5:
        for (_, value) in try fields(content) {
          let parts = Dictionary(try fields(value)) { $1 }
          let tag = String(decoding: parts[1] ?? [], as: UTF8.self)
          if let number = parts[2] {
            event.values[tag] = Float(bitPattern: UInt32(Self.number(number)))
          }
          if let tensor = parts[8] {
            event.texts[tag] = String(
              decoding: Dictionary(try fields(tensor)) { $1 }[8] ?? [], as: UTF8.self)
          }
        }
      case 7: event.restarts = try fields(content).contains { $0 == 1 && $1 == [1] }
      default: throw Malformed(problem: "field \(field)")
      }
    }
    return event
  }

  /// The fields of a message; of integers the bytes of the number, lowest first.
  private static func fields(_ bytes: [UInt8]) throws -> [(Int, [UInt8])] {
    var rest = bytes[...]
    func varint() throws -> UInt64 {
      var (value, shift) = (UInt64(0), UInt64(0))
      while let byte = rest.popFirst() {
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift += 7
      }
      throw Malformed(problem: "cut off")
    }
    var fields: [(Int, [UInt8])] = []
    while !rest.isEmpty {
      let key = Int(try varint())
      switch key & 7 {
      case 0:
        let value = try varint()
        var content = withUnsafeBytes(of: value.littleEndian) { Array($0) }
        while content.count > 1, content.last == 0 { content.removeLast() }
        fields.append((key >> 3, content))
      case let wire:
        let count = wire == 1 ? 8 : wire == 5 ? 4 : Int(try varint())
        guard rest.count >= count else { throw Malformed(problem: "cut off") }
        fields.append((key >> 3, Array(rest.prefix(count))))
        rest = rest.dropFirst(count)
      }
    }
    return fields
  }
}
