import Foundation
import Support

/// Writes GGUF files of version 3, little endian, as the Python package `gguf` lays them out.
public enum GGUFWriter {
  /// A key of the metadata with its value.
  public typealias Entry = (key: String, value: GGUFValue)

  /// Writes a file, which appears whole or not at all. Tensors follow each other in the order given; none is in memory
  /// as a whole unless it is already.
  /// - Parameters:
  ///   - metadata: what the file says of the model.
  ///   - tensors: with the names that files have; shapes are outermost first.
  ///   - url: the file to write.
  /// - Returns: the size of the file in bytes.
  /// - Throws: `InputError` when a key or name stands twice, a type is none of GGUF, the elements are not as many as the
  ///   shape says, or the file cannot be written (no space, no permission, ...).
  @discardableResult
  public static func write(
    metadata: [Entry], tensors: [NamedTensor], to url: URL
  ) throws -> Int {
    let sizes = try tensors.map { try $0.byteCount(source: url.path) }
    let header = try header(metadata, tensors, sizes, source: url.path)
    let total = sizes.reduce(header.count) { $0 + padded($1) }
    try AtomicOutput.checkSpace(total, for: url)
    try AtomicOutput.file(at: url) { file in
      try file.write(contentsOf: header)
      for (tensor, size) in zip(tensors, sizes) {
        var written = 0
        try tensor.withBytes { bytes in
          try file.write(bytes)
          written += bytes.count
        }
        guard written == size else {
          throw InputError(
            url.path, at: "tensor \"\(tensor.name)\"",
            "has \(written) bytes, expected \(size) for \(tensor.type.rawValue) \(tensor.shape)")
        }
        try file.write(contentsOf: Data(count: padded(size) - size))
      }
    }
    return total
  }

  private static func padded(_ count: Int) -> Int {
    let alignment = GGUFFile.defaultAlignment
    return (count + alignment - 1) / alignment * alignment
  }

  private static func header(
    _ metadata: [Entry], _ tensors: [NamedTensor], _ sizes: [Int], source: String
  ) throws -> Data {
    _ = try GGUFMetadata(metadata, source: source)
    var data = Data(GGUFFile.magic)
    data.append(littleEndian: UInt32(3))
    data.append(littleEndian: UInt64(tensors.count))
    data.append(littleEndian: UInt64(metadata.count))
    for entry in metadata {
      data.append(lengthAnd: entry.key)
      data.append(littleEndian: entry.value.kind.rawValue)
      entry.value.append(to: &data)
    }
    var names: Set<String> = []
    var offset = 0
    for (tensor, size) in zip(tensors, sizes) {
      func error(_ problem: String) -> InputError {
        InputError(source, at: "tensor \"\(tensor.name)\"", problem)
      }
      guard names.insert(tensor.name).inserted else { throw error("the name is already taken") }
      guard let type = tensor.type.numberInGGUF else {
        throw error("is of type \(tensor.type.rawValue), which GGUF files cannot hold")
      }
      guard (1...4).contains(tensor.shape.count) else {
        throw error("has shape \(tensor.shape), expected from 1 to 4 dimensions")
      }
      data.append(lengthAnd: tensor.name)
      data.append(littleEndian: UInt32(tensor.shape.count))
      for dimension in tensor.shape.reversed() { data.append(littleEndian: UInt64(dimension)) }
      data.append(littleEndian: type)
      data.append(littleEndian: UInt64(offset))
      offset += padded(size)
    }
    return data + Data(count: padded(data.count) - data.count)
  }
}
