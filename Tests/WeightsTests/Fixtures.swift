import Foundation
import Support
@_exported import TestFiles

/// Files written by the Python libraries; see Tests/Fixtures/generate/checkpoints.py.
let fixtures = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/checkpoints")

extension URL {
  func write(_ text: String) throws {
    try Data(text.utf8).write(to: self)
  }
}

/// The names in a folder, hidden ones included.
func contents(of folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}

/// The bytes of a safetensors file with any header, however wrong.
func safetensors(_ header: String, dataCount: Int = 0) -> Data {
  safetensors(Data(header.utf8), dataCount: dataCount)
}

func safetensors(_ header: Data, dataCount: Int = 0) -> Data {
  littleEndian(UInt64(header.count)) + header + Data(count: dataCount)
}

func littleEndian(_ number: UInt64) -> Data {
  withUnsafeBytes(of: number.littleEndian) { Data($0) }
}

/// The message of the `InputError` that `body` throws; any other outcome is returned as text, too.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch let error as InputError {
    return error.description
  } catch {
    return "not an InputError: \(error)"
  }
}
