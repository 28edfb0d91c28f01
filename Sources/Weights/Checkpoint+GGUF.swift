import Support

extension Checkpoint {
  /// The tensors of a GGUF file as a folder of `transformers` has them: under its names, and the
  /// rows of query and key projections in its order.
  ///
  /// llama.cpp turns neighbouring elements of a head (0 and 1, 2 and 3, ...) by rotary positions,
  /// and so stores the rows of these projections of the architecture `llama` in another order than
  /// `transformers`, which turns elements half a head apart. These tensors are copied as they are
  /// stored, row by row; all others are used as mapped.
  /// - Throws: `InputError` when the architecture or a name is not known, or the number of heads
  ///   does not fit.
  public init(_ file: GGUFFile) throws {
    let architecture = try file.architecture()
    var tensors: [String: TensorView] = [:]
    for tensor in file.tensors where tensor.info.name != GGUFNames.ropeFactors {
      guard let name = GGUFNames.huggingFace(tensor.info.name) else {
        throw tensor.error("is no tensor of a model of the architecture \(architecture)")
      }
      let heads = architecture == "llama" ? try file.pairedHeads(of: tensor) : nil
      let ordered = try heads.map { try tensor.halvesOfHeads($0) } ?? tensor
      tensors[name] = ordered.named(name)
    }
    self.init(url: file.url, tensors)
  }
}

extension GGUFFile {
  /// `general.architecture`, one of those that are known.
  /// - Throws: `InputError` when it is missing or another.
  public func architecture() throws -> String {
    let key = "general.architecture"
    let known = GGUFNames.architectures.joined(separator: ", ")
    guard let name = try metadata.text(key) else {
      throw metadata.error(key, "is missing, expected one of \(known)")
    }
    guard GGUFNames.architectures.contains(name) else {
      throw metadata.error(key, "is \"\(name)\", expected one of \(known)")
    }
    return name
  }

  /// The number of heads of a query or key projection; nil for any other tensor.
  fileprivate func pairedHeads(of tensor: TensorView) throws -> Int? {
    let name = tensor.info.name
    let (isQuery, isKey) = (name.contains(".attn_q."), name.contains(".attn_k."))
    guard isQuery || isKey else { return nil }
    let all = "llama.attention.head_count"
    guard let heads = try metadata.integer(all) else {
      throw metadata.error(all, "is missing, expected the number of heads")
    }
    let count = isQuery ? heads : try metadata.integer(all + "_kv") ?? heads
    guard let rows = tensor.info.shape.first, count > 0, rows.isMultiple(of: count),
      (rows / count).isMultiple(of: 2)
    else {
      throw tensor.error("has shape \(tensor.info.shape), expected \(count) heads of even size")
    }
    return count
  }
}

extension TensorView {
  /// The same elements under another name.
  func named(_ name: String) -> TensorView {
    TensorView(
      info: TensorInfo(name: name, type: info.type, shape: info.shape, byteRange: info.byteRange),
      file: file)
  }

  /// A copy in which the rows of each head stand as two halves, the even ones first.
  fileprivate func halvesOfHeads(_ heads: Int) throws -> TensorView {
    let rows = info.shape[0]
    let size = rows == 0 ? 0 : bytes.count / rows
    let half = rows / heads / 2
    let copy = try MappedFile(copyOf: url, count: bytes.count) { target in
      for row in 0..<rows {
        let (head, place) = (row / (2 * half), row % (2 * half))
        let stored = head * 2 * half + place % half * 2 + place / half
        UnsafeMutableRawBufferPointer(rebasing: target[row * size..<(row + 1) * size])
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[stored * size..<(stored + 1) * size]))
      }
    }
    return TensorView(
      info: TensorInfo(
        name: info.name, type: info.type, shape: info.shape, byteRange: 0..<bytes.count),
      file: copy)
  }
}
