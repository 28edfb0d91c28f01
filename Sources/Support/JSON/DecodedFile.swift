import Foundation

/// A JSON file that this project has written, read back.
package enum DecodedFile {
  /// Decodes a file.
  /// - Parameter purpose: what the file should be, for the error: "the record of a run".
  /// - Throws: `InputError` naming the file, and the key that is missing or has another type.
  package static func read<Value: Decodable>(_ url: URL, as purpose: String) throws -> Value {
    let data = Data(try InputFile.textBytes(of: url))
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch let error as DecodingError {
      throw InputError(url.path, at: error.place, "is not \(purpose): \(error.problem)")
    }
  }
}

extension DecodingError {
  private var context: Context? {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .keyNotFound(_, let context), .dataCorrupted(let context):
      context
    @unknown default: nil
    }
  }

  fileprivate var place: String? {
    var path = context?.codingPath ?? []
    if case .keyNotFound(let key, _) = self { path.append(key) }
    return path.isEmpty ? nil : "key \"\(path.map(\.stringValue).joined(separator: "."))\""
  }

  fileprivate var problem: String {
    switch self {
    case .keyNotFound: "the key is missing"
    case .valueNotFound: "the value is null"
    case .typeMismatch: "the value is of another type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty: context.debugDescription
    default: "it is no JSON, or cut off"
    }
  }
}
