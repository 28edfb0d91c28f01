import Foundation
import Support

/// `SHA256SUMS`: the digests of all files of a folder, as the command `sha256sum` writes and checks them.
package enum FileDigests {
  package static let name = "SHA256SUMS"

  /// Writes down what is in a folder; folders in it are not looked into.
  /// - Throws: `InputError` when a file cannot be read or written, or there is no libcrypto.
  package static func write(in folder: URL) throws {
    let lines = try files(in: folder).map {
      "\(try digest(of: folder.appendingPathComponent($0)))  \($0)\n"
    }
    try AtomicOutput.write(
      Data(lines.joined().utf8), to: folder.appendingPathComponent(name))
  }

  /// Checks that a folder holds just the files that were written down, as they were.
  /// - Throws: `InputError` naming the first file that is missing, is another one or was not there.
  package static func check(_ folder: URL) throws {
    let sums = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: sums.path) else {
      throw InputError(
        sums.path, "is missing: without digests, damaged files cannot be recognised")
    }
    let text = String(decoding: try InputFile.textBytes(of: sums), as: UTF8.self)
    var known: Set<String> = []
    for (number, line) in text.split(separator: "\n").enumerated() {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].count == 64, let mark = parts[1].first, " *".contains(mark),
        !parts[1].contains("/")
      else {
        throw InputError(
          sums.path, at: "line \(number + 1)", "expected a digest and the name of a file")
      }
      let name = String(parts[1].dropFirst())
      let file = folder.appendingPathComponent(name)
      guard try digest(of: file) == parts[0] else {
        throw InputError(file.path, "is damaged: its SHA-256 is not that of \(Self.name)")
      }
      known.insert(name)
    }
    if let other = try files(in: folder).first(where: { !known.contains($0) }) {
      throw InputError(
        folder.appendingPathComponent(other).path, "is not in \(Self.name), expected only its files"
      )
    }
  }

  private static func files(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0 != name && !$0.hasPrefix(".") }.sorted()
  }

  private static func digest(of file: URL) throws -> String {
    let (hash, contents) = (try SHA256(), try MappedFile(file))
    try withExtendedLifetime(contents) { try hash.update(contents.bytes) }
    return try hash.finish()
  }
}
