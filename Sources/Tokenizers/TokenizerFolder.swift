import Foundation
import Support

/// The files of a tokenizer in a model's folder.
struct TokenizerFolder {
  let url: URL

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  /// A JSON file; nil if it is not there.
  /// - Throws: `InputError` if it cannot be read, or is no JSON object.
  func json(_ name: String) throws -> JSONField? {
    guard has(name) else { return nil }
    let field = try JSONField(contentsOf: file(name))
    guard case .object = field.value else {
      throw InputError(file(name).path, "expected a JSON object")
    }
    return field
  }

  /// A file that the tokenizer cannot be read without.
  /// - Throws: `InputError` if it is not there.
  func required(_ name: String, for reader: String) throws -> URL {
    guard has(name) else {
      throw InputError(
        url.path, "has no tokenizer.json and no \(name), of which \(reader) reads one")
    }
    return file(name)
  }
}
