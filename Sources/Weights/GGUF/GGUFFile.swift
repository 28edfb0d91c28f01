import Foundation
import Support

/// One GGUF file (version 2 or 3, little endian), memory-mapped and completely checked.
///
/// Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>
public struct GGUFFile: Sendable {
  /// The file.
  public let url: URL
  /// What the file says of the model.
  public let metadata: GGUFMetadata
  /// The tensors by their names in the file, in the order of their bytes. Shapes are outermost
  /// first, as everywhere here: the file has them the other way round.
  public let tensors: [TensorView]

  static let magic: [UInt8] = Array("GGUF".utf8)
  static let alignmentKey = "general.alignment"
  static let defaultAlignment = 32

  /// Maps a file and checks everything but the elements of tensors, which are not read yet.
  /// - Throws: `InputError` naming the file, and the key or tensor at fault.
  public init(_ url: URL) throws {
    let file = try MappedFile(url)
    var cursor = GGUFCursor(file.bytes, source: url.path)
    let (tensorCount, entryCount) = try Self.header(&cursor)
    var entries: [(key: String, value: GGUFValue)] = []
    for index in 0..<entryCount {
      let key = try cursor.string(of: "metadata key \(index + 1) of \(entryCount)")
      entries.append((key, try cursor.value(of: "key \"\(key)\"")))
    }
    metadata = try GGUFMetadata(entries, source: url.path)
    var places: [TensorPlace] = []
    for index in 0..<tensorCount {
      places.append(try TensorPlace(&cursor, "tensor \(index + 1) of \(tensorCount)"))
    }
    let alignment = try Self.alignment(metadata)
    // Not more than the file has bytes, and the alignment is below 2^32: the sum fits.
    let dataStart = (cursor.position + alignment - 1) / alignment * alignment
    let infos = try places.map {
      try $0.info(dataStart: dataStart, fileCount: file.bytes.count, alignment, url.path)
    }
    tensors = try Self.sorted(infos, url.path).map { TensorView(info: $0, file: file) }
    self.url = url
  }

  /// Whether a file begins as GGUF files do.
  public static func isGGUF(_ url: URL) -> Bool {
    guard let file = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: magic.count)) == Data(magic)
  }

  private static func header(_ cursor: inout GGUFCursor) throws -> (tensors: Int, entries: Int) {
    let source = cursor.source
    guard cursor.bytes.starts(with: magic) else {
      throw InputError(source, "does not begin with GGUF: not a GGUF file")
    }
    _ = try cursor.integer(UInt32.self, of: "header")
    let version = try cursor.integer(UInt32.self, of: "header")
    guard (2...3).contains(version) else {
      let isSwapped = (1...3).contains(version.byteSwapped)
      throw InputError(
        source, at: "header",
        isSwapped ? "is big endian, expected little" : "is of version \(version), expected 2 or 3")
    }
    // A tensor takes at least a length, dimensions, type and offset; an entry a length, type, value.
    let tensors = try cursor.integer(UInt64.self, of: "header")
    let entries = try cursor.count(of: "header", "metadata entries", ofAtLeast: 13)
    guard let count = Int(exactly: tensors), count <= cursor.remaining / 24 else {
      throw InputError(
        source, at: "header",
        "says it has \(tensors) tensors, but only \(cursor.remaining) bytes follow")
    }
    return (count, entries)
  }

  private static func alignment(_ metadata: GGUFMetadata) throws -> Int {
    guard let value = metadata[alignmentKey] else { return defaultAlignment }
    guard case .uint32(let alignment) = value, alignment.nonzeroBitCount == 1 else {
      throw metadata.error(alignmentKey, "is no UINT32 that is a power of two")
    }
    return Int(alignment)
  }

  /// In the order of their bytes, of which none belongs to two. Names are unique.
  private static func sorted(_ infos: [TensorInfo], _ source: String) throws -> [TensorInfo] {
    var names: Set<String> = []
    for info in infos where !names.insert(info.name).inserted {
      throw InputError(source, at: "tensor \"\(info.name)\"", "the name stands twice")
    }
    let sorted = infos.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound)
        < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    for (before, info) in zip(sorted, sorted.dropFirst())
    where info.byteRange.lowerBound < before.byteRange.upperBound {
      throw InputError(source, at: "tensor \"\(info.name)\"", "overlaps tensor \"\(before.name)\"")
    }
    return sorted
  }
}

/// What the file says of one tensor, before it is believed.
private struct TensorPlace {
  let name: String
  let shape: [UInt64]
  let typeNumber: UInt32
  let offset: UInt64

  init(_ cursor: inout GGUFCursor, _ place: String) throws {
    let name = try cursor.string(of: place)
    let named = "tensor \"\(name)\""
    let dimensions = try cursor.integer(UInt32.self, of: named)
    guard dimensions <= 4 else {
      throw InputError(
        cursor.source, at: named, "has \(dimensions) dimensions, expected at most 4")
    }
    self.name = name
    shape = try (0..<dimensions).map { _ in try cursor.integer(UInt64.self, of: named) }.reversed()
    typeNumber = try cursor.integer(of: named)
    offset = try cursor.integer(of: named)
  }

  func info(
    dataStart: Int, fileCount: Int, _ alignment: Int, _ source: String
  ) throws -> TensorInfo {
    func error(_ problem: String) -> InputError {
      InputError(source, at: "tensor \"\(name)\"", problem)
    }
    guard let type = TensorType(numberInGGUF: typeNumber) else {
      let known = TensorType.allInGGUF.map(\.rawValue).joined(separator: ", ")
      throw error(
        "is of type \(TensorType.nameInGGUF(typeNumber)), which is not supported, expected \(known)"
      )
    }
    let sizes = shape.compactMap { Int(exactly: $0) }
    guard sizes.count == shape.count, let count = type.byteCount(shape: sizes) else {
      throw error("shape \(shape) of \(type.rawValue) is not whole blocks whose size fits")
    }
    guard offset.isMultiple(of: UInt64(alignment)) else {
      throw error("begins at byte \(offset) of the data, expected a multiple of \(alignment)")
    }
    let room = max(0, fileCount - dataStart)
    guard let begin = Int(exactly: offset), begin <= room, count <= room - begin else {
      throw error(
        "has \(count) bytes from byte \(offset) of the data on, which has only \(room): truncated")
    }
    return TensorInfo(
      name: name, type: type, shape: sizes, byteRange: dataStart + begin..<dataStart + begin + count
    )
  }
}
