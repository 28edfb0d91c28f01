import Foundation
import Support

/// `tokenizer.model` of SentencePiece: a `ModelProto` of `sentencepiece_model.proto`, of which the pieces and a few
/// settings count.
struct SentencePieceFile {
  private(set) var tokens: [String] = []
  private(set) var scores: [Float] = []
  private(set) var kinds: [TokenizerVocabulary.Kind] = []
  private let source: String

  /// How pieces were trained (`TrainerSpec.ModelType`).
  private enum ModelType: UInt64 {
    case unigram = 1
    case bpe, word, character
  }

  /// - Throws: `InputError` if the file cannot be read, is no model of SentencePiece, or one that is not supported.
  init(contentsOf url: URL) throws {
    source = url.path
    let bytes = try InputFile.bytes(of: url)
    var modelType = ModelType.unigram.rawValue
    do {
      var model = ProtobufReader(bytes[...])
      while let (number, value) = try model.next() {
        switch (number, value) {
        case (1, .bytes(let piece)): try append(piece)
        case (2, .bytes(let trainer)): modelType = try Self.modelType(trainer) ?? modelType
        case (3, .bytes(let normalizer)): try checkNormalizer(normalizer)
        default: break
        }
      }
    } catch let error as ProtobufReader.Malformed {
      throw InputError(source, at: "byte \(error.offset)", "is no model of SentencePiece")
    }
    guard !tokens.isEmpty else { throw InputError(source, "has no pieces") }
    guard modelType == ModelType.bpe.rawValue else {
      let name = ModelType(rawValue: modelType).map { "\($0)" } ?? "\(modelType)"
      throw InputError(
        source, at: "model_type", "is \(name), which is not supported; supported: bpe")
    }
  }

  private mutating func append(_ message: ArraySlice<UInt8>) throws {
    var (token, score, kind) = ("", Float(0), UInt64(1))
    var piece = ProtobufReader(message)
    while let (number, value) = try piece.next() {
      switch (number, value) {
      case (1, .bytes(let bytes)):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw InputError(source, at: "piece \(tokens.count)", "is not text in UTF-8")
        }
        token = text
      case (2, .word(let bits)): score = Float(bitPattern: bits)
      case (3, .integer(let number)): kind = number
      default: break
      }
    }
    guard let known = Int(exactly: kind).flatMap(TokenizerVocabulary.Kind.init) else {
      throw InputError(source, at: "piece \(tokens.count)", "has the type \(kind), expected 1 to 6")
    }
    tokens.append(token)
    scores.append(score)
    kinds.append(known)
  }

  private static func modelType(_ message: ArraySlice<UInt8>) throws -> UInt64? {
    var (trainer, type) = (ProtobufReader(message), UInt64?.none)
    while let (number, value) = try trainer.next() {
      if number == 3, case .integer(let value) = value { type = value }
    }
    return type
  }

  /// A table of replacements would change texts in ways that are not supported here.
  private func checkNormalizer(_ message: ArraySlice<UInt8>) throws {
    var normalizer = ProtobufReader(message)
    while let (number, value) = try normalizer.next() {
      if number == 2, case .bytes(let table) = value, !table.isEmpty {
        throw InputError(
          source, at: "normalizer_spec",
          "normalizes text, which is not supported; supported: identity")
      }
    }
  }
}
