import Foundation
import Support

/// A file of events that TensorBoard reads while it grows. It is only ever appended to: what a killed process leaves is
/// whole up to its last record.
final class EventFile {
  private static let (prefix, suffix) = ("events.out.tfevents.", ".sparsegrad")
  private let handle: FileHandle
  private let url: URL

  /// Begins a new file in a folder, which is made if it is not there. Readers go through files in the order of their names.
  /// - Parameter step: the last step that a run which goes on has kept; 0 begins a run, and removes the files of
  ///   another that was there.
  /// - Throws: `InputError` naming the file that cannot be written.
  init(in folder: URL, after step: Int) throws {
    try AtomicOutput.makeFolder(at: folder)
    var last = 0
    for (number, old) in Self.files(in: folder) {
      if step == 0 {
        try? FileManager.default.removeItem(at: old)
      } else {
        last = max(last, number)
      }
    }
    url = folder.appendingPathComponent(
      Self.prefix + String(format: "%06d", last + 1) + Self.suffix)
    try AtomicOutput.write(Data(), to: url)
    do {
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw Self.failure(url, error)
    }
    try write(.version)
    if step > 0 { try write(.restart(step: step + 1)) }
  }

  deinit { try? handle.close() }

  /// Appends a record.
  /// - Throws: `InputError` naming the file.
  func write(_ record: EventRecord) throws {
    do {
      try handle.write(contentsOf: record.framed(at: Date().timeIntervalSince1970))
    } catch {
      throw Self.failure(url, error)
    }
  }

  /// The files that this package has written in a folder.
  private static func files(in folder: URL) -> [(number: Int, url: URL)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix(prefix), name.hasSuffix(suffix),
        let number = Int(name.dropFirst(prefix.count).dropLast(suffix.count)), number >= 0
      else { return nil }
      return (number, folder.appendingPathComponent(name))
    }
  }

  private static func failure(_ url: URL, _ error: any Error) -> InputError {
    InputError(url.path, "cannot be written: \(AtomicOutput.reason(error) ?? "\(error)")")
  }
}
