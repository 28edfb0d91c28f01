import Foundation
import SparseGrad

/// Reads inputs one after another in a process of its own, which a fault in a reader may end.
///
/// It writes a line to standard output for each input it begins with, and one for each trouble.
struct Worker {
  let seed: UInt64
  let indices: Range<Int>
  let subjects: [Subject]
  let folder: URL

  /// What one input may take.
  static let secondsAllowed = 5.0
  static let bytesAllowed = 200 << 20

  func run() throws {
    // What asks for more than any tiny file can need shall fail, not fill the machine.
    var limit = rlimit(rlim_cur: 4 << 30, rlim_max: 4 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    for index in indices {
      say("begin \(index)")
      let subject = subjects[index % subjects.count]
      try subject.input(seed: seed, index: index).write(to: folder)
      if let trouble = trouble(of: subject) {
        say(
          "trouble \(index) \(trouble.split(whereSeparator: \.isNewline).joined(separator: " | "))")
      }
    }
  }

  private func trouble(of subject: Subject) -> String? {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    // Of the processor, so that a busy machine is no trouble.
    let start = clock()
    do {
      try subject.read(folder)
    } catch let error as InputError {
      if let problem = Self.problem(of: "\(error)") { return "\(problem): \(error)" }
      let source = error.source
      let isNamed =
        source.contains(folder.path) || ["command", "`prompt`"].contains(source)
        || error.description.contains(folder.path)
      if !isNamed { return "the message does not name the file: \(error)" }
    } catch let error as TrainingDiverged {
      if let problem = Self.problem(of: "\(error)") { return "\(problem): \(error)" }
    } catch {
      return "an error that is no message: \(error)"
    }
    let seconds = Double(clock() - start) / 1e6
    if seconds > Self.secondsAllowed { return "took \(Int(seconds)) s" }
    let peak = peakProcessMemory()
    if peak > Self.bytesAllowed { return "needed \(peak >> 20) MB" }
    return nil
  }

  /// What is wrong with a message.
  static func problem(of message: String) -> String? {
    if message.contains(where: \.isNewline) { return "a message of several lines" }
    if message.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "a message with control characters"
    }
    // A character that is escaped takes six.
    if message.unicodeScalars.count > 8000 {
      return "a message of \(message.unicodeScalars.count) characters"
    }
    return message.contains("NSCocoaErrorDomain") ? "a message of the system" : nil
  }

  private func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
  }
}
