import Support

/// The header of a safetensors file: the length of a JSON object (8 bytes, little endian), then the
/// object. It is checked completely before anything behind it is touched: the tensors must cover
/// the rest of the file, each byte once.
///
/// Format: <https://github.com/huggingface/safetensors#format>
struct SafetensorsHeader {
  /// In the order of their bytes.
  let tensors: [TensorInfo]
  let metadata: [String: String]

  static let metadataKey = "__metadata__"
  /// The format's own limit.
  static let maximumLength = 100_000_000

  /// - Parameters:
  ///   - file: the whole file.
  ///   - source: its name, for messages.
  /// - Throws: `InputError` naming the file, and the tensor where one is at fault.
  init(of file: UnsafeRawBufferPointer, source: String) throws {
    if file.starts(with: "version https://git-lfs".utf8) {
      throw InputError(
        source, "is a Git LFS pointer, not the weights: fetch them by `git lfs pull`")
    }
    guard file.count >= 8 else {
      throw InputError(
        source, "\(file.count) bytes, expected at least the 8 that begin a safetensors file")
    }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(Self.maximumLength) else {
      throw InputError(
        source,
        "says its header has \(length) bytes, expected at most \(Self.maximumLength): "
          + "not a safetensors file")
    }
    let dataStart = 8 + Int(length)
    guard dataStart <= file.count else {
      throw InputError(
        source, "says its header has \(length) bytes, but only \(file.count - 8) follow: truncated")
    }
    let object = try Self.object([UInt8](file[8..<dataStart]), source)
    metadata = try Self.metadata(object, source)
    tensors = try object.members.filter { $0.key != Self.metadataKey }
      .map { member in
        let entry = HeaderEntry(source: source, name: member.key, value: member.value)
        return try entry.tensor(dataStart: dataStart, dataCount: file.count - dataStart)
      }
      .sorted {
        ($0.byteRange.lowerBound, $0.byteRange.upperBound)
          < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
      }
    try Self.checkCover(tensors, of: dataStart..<file.count, source)
  }

  private static func object(_ bytes: [UInt8], _ source: String) throws -> JSONObject {
    do {
      guard case .object(let object) = try JSONParser.parse(bytes) else {
        throw InputError(source, at: "header", "expected a JSON object")
      }
      return object
    } catch let error as JSONSyntaxError {
      throw InputError(source, at: "header, byte \(error.offset)", "not JSON: \(error.problem)")
    }
  }

  private static func metadata(_ object: JSONObject, _ source: String) throws -> [String: String] {
    let wrong = InputError(source, at: metadataKey, "expected a map from text to text")
    guard let value = object[metadataKey] else { return [:] }
    guard case .object(let map) = value else { throw wrong }
    var metadata: [String: String] = [:]
    for member in map.members {
      guard case .string(let text) = member.value else { throw wrong }
      metadata[member.key] = text
    }
    return metadata
  }

  /// No byte of the data belongs to two tensors, or to none.
  private static func checkCover(
    _ tensors: [TensorInfo], of data: Range<Int>, _ source: String
  ) throws {
    var previous: TensorInfo?
    var position = data.lowerBound
    for tensor in tensors {
      let gap = tensor.byteRange.lowerBound - position
      if gap != 0 {
        let before = previous.map { "tensor \"\($0.name)\"" } ?? "the header"
        throw InputError(
          source, at: "tensor \"\(tensor.name)\"",
          gap < 0 ? "overlaps \(before)" : "\(gap) bytes between \(before) and it belong to none")
      }
      previous = tensor
      position = tensor.byteRange.upperBound
    }
    guard position == data.upperBound else {
      throw InputError(source, "\(data.upperBound - position) bytes follow the last tensor")
    }
  }
}

/// What the header says of one tensor, before it is believed.
private struct HeaderEntry {
  let source: String
  let name: String
  let value: JSONValue

  func tensor(dataStart: Int, dataCount: Int) throws -> TensorInfo {
    guard case .object(let object) = value else { throw error("expected an object") }
    let type = try type(object["dtype"])
    let shape = try integers(object["shape"], "shape")
    guard shape.allSatisfy({ $0 >= 0 }) else { throw error("shape \(shape) has a negative size") }
    guard let size = type.byteCount(shape: shape) else {
      throw error("shape \(shape) of \(type.rawValue) is not a whole number of bytes that fits")
    }
    let offsets = try integers(object["data_offsets"], "data_offsets")
    guard offsets.count == 2, offsets[0] >= 0 else {
      throw error("data_offsets are \(offsets), expected a begin and an end")
    }
    let (begin, end) = (offsets[0], offsets[1])
    guard begin <= end else { throw error("begins at byte \(begin), after its end \(end)") }
    guard end <= dataCount else {
      throw error("ends at byte \(end) of the data, which has only \(dataCount): truncated")
    }
    guard end - begin == size else {
      throw error("has \(end - begin) bytes, expected \(size) for \(type.rawValue) \(shape)")
    }
    return TensorInfo(
      name: name, type: type, shape: shape, byteRange: dataStart + begin..<dataStart + end)
  }

  private func type(_ value: JSONValue?) throws -> TensorType {
    guard case .string(let name)? = value else { throw error("dtype is missing or no text") }
    guard let type = TensorType(rawValue: name), type.elementsOfBlock == 1 else {
      let known = TensorType.ofSafetensors.map(\.rawValue).joined(separator: ", ")
      throw error("unknown dtype \"\(name)\", expected one of \(known)")
    }
    return type
  }

  private func integers(_ value: JSONValue?, _ key: String) throws -> [Int] {
    guard case .array(let array)? = value else { throw error("\(key) is missing or no list") }
    return try array.map {
      guard case .number(let number) = $0, let integer = number.integer else {
        throw error("\(key) holds \($0.text(.compact)), expected an integer below 2^63")
      }
      return integer
    }
  }

  private func error(_ problem: String) -> InputError {
    InputError(source, at: "tensor \"\(name)\"", problem)
  }
}
