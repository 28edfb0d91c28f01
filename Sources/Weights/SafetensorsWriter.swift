import Foundation
import Support

/// Writes safetensors files, byte for byte as the `safetensors` library does.
public enum SafetensorsWriter {
  /// Writes tensors to a file, which appears whole or not at all.
  ///
  /// They are ordered by type, the widest first, then by name, so that each is aligned.
  /// - Parameters:
  ///   - tensors: what is written.
  ///   - metadata: texts for `__metadata__`; `transformers` asks for `format`.
  ///   - url: the file to write.
  /// - Throws: `InputError` when a name stands twice, the elements are not as many as the shape
  ///   says, or the file cannot be written (no space, no permission, ...).
  public static func write(
    _ tensors: [NamedTensor], metadata: [String: String] = ["format": "pt"], to url: URL
  ) throws {
    let sorted = tensors.sorted {
      let ranks = (rank[$0.type, default: 0], rank[$1.type, default: 0])
      return ranks.0 == ranks.1
        ? $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) : ranks.0 > ranks.1
    }
    let header = try header(sorted, metadata, source: url.path)
    try AtomicOutput.file(at: url) { file in
      try file.write(contentsOf: header)
      for tensor in sorted {
        let expected = try tensor.byteCount(source: url.path)
        var written = 0
        try tensor.withBytes { bytes in
          try file.write(bytes)
          written += bytes.count
        }
        guard written == expected else {
          throw InputError(
            url.path, at: "tensor \"\(tensor.name)\"",
            "has \(written) bytes, expected \(expected) for \(tensor.type.rawValue) \(tensor.shape)"
          )
        }
      }
    }
  }

  private static let rank = Dictionary(
    uniqueKeysWithValues: TensorType.allCases.enumerated().map { ($1, $0) })

  private static func header(
    _ tensors: [NamedTensor], _ metadata: [String: String], source: String
  ) throws -> Data {
    var header = JSONObject()
    if !metadata.isEmpty {
      var object = JSONObject()
      for (key, text) in metadata.sorted(by: { $0.key < $1.key }) { object[key] = .string(text) }
      header[SafetensorsHeader.metadataKey] = .object(object)
    }
    var position = 0
    for tensor in tensors {
      guard tensor.name != SafetensorsHeader.metadataKey, header[tensor.name] == nil else {
        throw InputError(source, at: "tensor \"\(tensor.name)\"", "the name is already taken")
      }
      guard tensor.type.elementsOfBlock == 1 else {
        throw InputError(
          source, at: "tensor \"\(tensor.name)\"",
          "is of type \(tensor.type.rawValue), which safetensors files cannot hold")
      }
      let end = position + (try tensor.byteCount(source: source))
      header[tensor.name] = [
        "dtype": .string(tensor.type.rawValue),
        "shape": .array(tensor.shape.map { .number(JSONNumber($0)) }),
        "data_offsets": [.number(JSONNumber(position)), .number(JSONNumber(end))],
      ]
      position = end
    }
    var text = Data(JSONValue.object(header).text(.compact).utf8)
    text.append(Data(repeating: UInt8(ascii: " "), count: -text.count & 7))
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }
}
